import type { Config } from '../config/config.js';
import { deriveAccent } from '../domain/branding/accent.js';
import type { MailServerState } from '../domain/doctor/check-mail-server.js';
import { absentMailer, keepingMailer, type Mailer } from '../domain/mail/mailer.js';
import { dateText } from '../http/date-text.js';
import { negotiateLocale } from '../http/locale.js';
import { createTranslations } from '../http/translations.js';
import { findViewsRoot } from '../http/views.js';
import { createMailComposer, type MailComposer } from '../mail/compose-mail.js';
import type { MailLanguages } from '../mail/mail-language.js';
import { createSmtpMailer, type SmtpMailer, type TestDelivery } from '../mail/smtp-mailer.js';
import { StartupError } from './startup-error.js';

/** Where development writes its mails from, when nothing else is said. */
const DEVELOPMENT_SENDER = 'latchkey@localhost.localdomain';
const DEFAULT_ACCENT = '#1d4ed8';

export interface OpenedMailer {
  readonly composer: MailComposer;
  readonly mailer: Mailer;
  close(): void;
}

/** What writes mails, and what brings them away: an SMTP server, or outside production nobody. */
export function openMailer(config: Config): OpenedMailer {
  const composer = createComposer(config);
  const smtp = openSmtp(config, composer);
  if (smtp) {
    return {
      composer,
      mailer: smtp,
      close: () => {
        smtp.close();
      },
    };
  }
  return { composer, mailer: config.mail.available ? keepingMailer : absentMailer, close: () => undefined };
}

/**
 * Sends a test mail at once, past the outbox.
 * @throws {StartupError} when no mail server is configured
 */
export async function sendTestMail(config: Config, to: string): Promise<TestDelivery> {
  const smtp = openSmtp(config, createComposer(config));
  if (!smtp) {
    throw new StartupError([
      'SMTP_URL is not set, so there is no mail server to try. Set it like smtps://USER:PASSWORD@smtp.example.com:465, and MAIL_FROM with it.',
    ]);
  }
  try {
    return await smtp.test(to);
  } finally {
    smtp.close();
  }
}

/** Connects to the mail server as for a mail, and sends nothing. */
export async function reachMailServer(config: Config): Promise<MailServerState> {
  const smtp = openSmtp(config, createComposer(config));
  if (!smtp) return { state: 'absent' };
  try {
    return await smtp.reach();
  } finally {
    smtp.close();
  }
}

function openSmtp({ smtpUrl, mailFrom, branding }: Config, composer: MailComposer): SmtpMailer | undefined {
  if (smtpUrl === undefined) return undefined;
  return createSmtpMailer({
    url: smtpUrl,
    from: mailFrom ?? DEVELOPMENT_SENDER,
    defaultName: branding.name,
    composer,
  });
}

function createComposer({ branding, viewsDir, issuer }: Config): MailComposer {
  // Read with the first mail; the pages have checked an operator's own texts at the start.
  let textsOf: ReturnType<typeof createTranslations> | undefined;
  const languages: MailLanguages = (wish) => {
    const locale = negotiateLocale({ uiLocales: wish });
    textsOf ??= createTranslations(findViewsRoot(import.meta.dirname), { overrides: viewsDir });
    const { text, sentence } = textsOf(locale.tag);
    return { ...locale, text, sentence, time: (at) => dateText(locale, at, 'UTC') };
  };
  const { light } = deriveAccent(branding.accent ?? DEFAULT_ACCENT);
  return createMailComposer(languages, {
    name: branding.name,
    accent: light.accent,
    ink: light.ink,
    issuer,
  });
}
