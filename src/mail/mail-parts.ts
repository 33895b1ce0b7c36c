import type { MailContent } from './mail-content.js';
import type { MailLanguage, MailPart } from './mail-language.js';
import { oneLine, shownName } from './one-line.js';

/** How the product shows itself in mails. */
export interface MailLook {
  readonly name: string;
  /** Of buttons, `#rrggbb`. */
  readonly accent: string;
  /** What is legible on it. */
  readonly ink: string;
  /** The issuer, where the product is. */
  readonly issuer: string;
}

const FIRST_STRONG_ISOLATE = '\u2068';
const POP_DIRECTIONAL_ISOLATE = '\u2069';

/** The mail as plain text, each link on a line of its own. */
export function textPart(content: MailContent, language: MailLanguage, look: MailLook): string {
  const sentence = (parts: readonly MailPart[]): string =>
    parts
      .map(({ text, isolate }) =>
        isolate ? FIRST_STRONG_ISOLATE + shownName(text) + POP_DIRECTIONAL_ISOLATE : text,
      )
      .join('');
  return [
    content.subject,
    ...content.paragraphs.map(sentence),
    ...(content.code ? [`${content.code.label}\n${content.code.value}`] : []),
    ...content.actions.map(({ label, link }) => `${label}:\n${link}`),
    ...content.ending,
    `-- \n${footer(language, look)}\n${look.issuer}`,
    '',
  ].join('\n\n');
}

const FONT = 'font-family:system-ui,-apple-system,Segoe UI,Roboto,sans-serif';

/**
 * The mail as HTML for mail programs: styles stand on the elements, colours are left to the reader's light or dark
 * setting but for the button, and nothing is loaded.
 */
export function htmlPart(content: MailContent, language: MailLanguage, look: MailLook): string {
  const start = language.dir === 'rtl' ? 'right' : 'left';
  const paragraph = (html: string, style = ''): string => `<p style="margin:0 0 16px;${style}">${html}</p>`;
  const sentence = (parts: readonly MailPart[]): string =>
    parts
      .map(({ text, isolate }) => (isolate ? `<bdi>${escapeHtml(shownName(text))}</bdi>` : escapeHtml(text)))
      .join('');
  const link = ({ label, link: href }: MailContent['actions'][number]): string =>
    paragraph(
      `<a href="${escapeHtml(href)}" style="display:inline-block;padding:12px 20px;border-radius:6px;` +
        `background:${look.accent};color:${look.ink};text-decoration:none;font-weight:600">${escapeHtml(label)}</a>`,
    ) +
    paragraph(
      `<a href="${escapeHtml(href)}" dir="ltr" style="color:inherit;word-break:break-all">${escapeHtml(href)}</a>`,
      'font-size:13px;',
    );
  return [
    '<!doctype html>',
    `<html lang="${escapeHtml(language.tag)}" dir="${language.dir}">`,
    '<head>',
    '<meta charset="utf-8">',
    `<title>${escapeHtml(oneLine(content.subject))}</title>`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="supported-color-schemes" content="light dark">',
    '</head>',
    `<body style="margin:0;padding:24px 16px;${FONT};font-size:16px;line-height:1.5">`,
    `<div style="max-width:560px;margin:0 auto;text-align:${start}">`,
    `<p style="margin:0 0 24px;font-weight:600"><bdi>${escapeHtml(look.name)}</bdi></p>`,
    `<h1 style="margin:0 0 16px;font-size:22px;line-height:1.3">${escapeHtml(content.subject)}</h1>`,
    ...content.paragraphs.map((parts) => paragraph(sentence(parts))),
    ...(content.code
      ? [
          paragraph(escapeHtml(content.code.label), 'margin-bottom:4px;'),
          paragraph(
            `<span dir="ltr" style="font-family:ui-monospace,Menlo,Consolas,monospace;font-size:26px;letter-spacing:3px">${escapeHtml(content.code.value)}</span>`,
          ),
        ]
      : []),
    ...content.actions.map(link),
    ...content.ending.map((text) => paragraph(escapeHtml(text), 'font-size:14px;')),
    '<hr style="border:0;border-top:1px solid #8a8a8a;margin:24px 0 16px">',
    paragraph(
      `${escapeHtml(footer(language, look))}<br><bdi>${escapeHtml(look.issuer)}</bdi>`,
      'font-size:13px;',
    ),
    '</div>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function footer({ text }: MailLanguage, { name }: MailLook): string {
  return text('mail.footer', { name });
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
