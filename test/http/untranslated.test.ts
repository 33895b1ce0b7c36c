import { toLocale } from '../../src/http/locale.js';
import { createStaticAssets } from '../../src/http/static-assets.js';
import { createViews, findViewsRoot } from '../../src/http/views.js';
import { SAMPLE_PAGES } from '../support/sample-pages.js';

const root = findViewsRoot(import.meta.dirname);
const branding = { name: '', helpUrl: '/help', privacyUrl: '/privacy', termsUrl: '/terms' };
const assets = createStaticAssets({ root, branding });
const views = createViews({ root, branding, assets, cache: true, pseudo: true });

/** What is written on a page, less what people, apps and machines wrote, and less what is translated. */
function untranslated(html: string): string[] {
  const attributes = [
    ...html.matchAll(/\s(?:alt|aria-label|data-[a-z-]*label|data-show|data-hide|title)="([^"]*)"/g),
  ];
  const text = html
    .replace(/<(style|script|code|pre|time|bdi|svg|textarea|option)\b[\s\S]*?<\/\1>/g, '')
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<(?:[^>"]|"[^"]*")*>/g, '\n')
    .replace(/https?:\S+/g, '');
  return [text, ...attributes.map(([, value = '']) => value)]
    .flatMap((piece) => piece.replace(/\[[^\]]*\]/g, '').split('\n'))
    .map((piece) => piece.trim())
    .filter((piece) => /\p{L}{2}/u.test(piece));
}

// Texts of the domain, of machines and of mails, which reach pages as they are.
const KNOWN = /hostile|developer|^dev-mail/;

it.each(SAMPLE_PAGES.filter(({ id }) => !KNOWN.test(id)))(
  '$id leaves no text untranslated',
  ({ name, model }) => {
    expect(untranslated(views.render(toLocale('en-XA'), name, model))).toEqual([]);
  },
);

it('finds what is not translated', () => {
  expect(untranslated('<p>[Šíĝñ] Sign in <bdi>Jo</bdi></p><img alt="A picture">')).toEqual([
    'Sign in',
    'A picture',
  ]);
});
