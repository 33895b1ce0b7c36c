import type { AccountNotice, Mail, Mails } from '../domain/mail/mail.js';
import type { MailLanguage, MailPart } from './mail-language.js';

/** What a mail says, before it is text or HTML. */
export interface MailContent {
  readonly subject: string;
  readonly paragraphs: readonly (readonly MailPart[])[];
  /** For typing into the page that waits for it. */
  readonly code?: { readonly label: string; readonly value: string } | undefined;
  readonly actions: readonly { readonly label: string; readonly link: string }[];
  /** Below the actions: how long a link works, what to do when the mail was not expected. */
  readonly ending: readonly string[];
}

type Writer<Kind extends keyof Mails> = (values: Mails[Kind], language: MailLanguage) => MailContent;

const plain = (text: string): readonly MailPart[] => [{ text, isolate: false }];

/** A mail that leads to one page. */
function oneLink(
  name:
    'registration' | 'invitation' | 'email_verification' | 'email_change' | 'password_reset' | 'sign_in_link',
  { text }: MailLanguage,
  link: string,
  lifetime: string,
): MailContent {
  return {
    subject: text(`mail.${name}.subject`),
    paragraphs: [plain(text(`mail.${name}.text`))],
    actions: [{ label: text(`mail.${name}.action`), link }],
    ending: [lifetime, text(`mail.${name}.unexpected`)],
  };
}

const hours = ({ text }: MailLanguage, count: number): string => text('mail.hours', { count });
const minutes = ({ text }: MailLanguage, count: number): string => text('mail.minutes', { count });

const WRITERS: { readonly [Kind in keyof Mails]: Writer<Kind> } = {
  registration: (values, language) => ({
    ...oneLink('registration', language, values.link, hours(language, values.hours)),
    code: { label: language.text('mail.registration.code'), value: values.code },
  }),
  'registration-existing': (values, { text }) => ({
    subject: text('mail.registration_existing.subject'),
    paragraphs: [plain(text('mail.registration_existing.text'))],
    actions: [
      { label: text('mail.registration_existing.sign_in'), link: values.signInLink },
      { label: text('mail.registration_existing.reset'), link: values.resetLink },
    ],
    ending: [text('mail.registration_existing.unexpected')],
  }),
  invitation: (values, language) =>
    oneLink('invitation', language, values.link, hours(language, values.hours)),
  'email-verification': (values, language) =>
    oneLink('email_verification', language, values.link, hours(language, values.hours)),
  'email-change': (values, language) =>
    oneLink('email_change', language, values.link, hours(language, values.hours)),
  'password-reset': (values, language) =>
    oneLink('password_reset', language, values.link, minutes(language, values.minutes)),
  'sign-in-link': ({ link, minutes: lifetime, clientName }, language) => ({
    ...oneLink('sign_in_link', language, link, minutes(language, lifetime)),
    ...(clientName === undefined
      ? {}
      : { paragraphs: [language.sentence('mail.sign_in_link.text_for', { client: clientName })] }),
  }),
  'approval-request': ({ link, clientName, message, until }, { text, sentence, time }) => ({
    subject: text('mail.approval_request.subject'),
    paragraphs: [
      sentence('mail.approval_request.text', { client: clientName }),
      ...(message === undefined ? [] : [sentence('mail.approval_request.message', { message })]),
    ],
    actions: [{ label: text('mail.approval_request.action'), link }],
    ending: [
      text('mail.approval_request.until', { time: time(until) }),
      text('mail.approval_request.unexpected'),
    ],
  }),
  notice: ({ notice, at, subject, link }, language) => {
    const { text, sentence, time } = language;
    return {
      subject: text(`mail.notice.${notice}.subject`),
      paragraphs: [
        plain(text(`mail.notice.${notice}.text`)),
        ...(subject === undefined ? [] : [sentence('mail.notice.about', { subject })]),
        plain(text('mail.notice.at', { time: time(at) })),
      ],
      // Who has deleted the account has no page to look after it.
      actions: isGone(notice) ? [] : [{ label: text('mail.notice.action'), link }],
      ending: [text(isGone(notice) ? 'mail.notice.unexpected_deletion' : 'mail.notice.unexpected')],
    };
  },
};

const isGone = (notice: AccountNotice): boolean => notice === 'account_deleted';

/** Writes what a mail says in a language. */
export function mailContent<Kind extends keyof Mails>(
  { kind, values }: Pick<Mail<Kind>, 'kind' | 'values'>,
  language: MailLanguage,
): MailContent {
  return WRITERS[kind](values, language);
}
