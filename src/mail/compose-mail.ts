import type { Mail } from '../domain/mail/mail.js';
import { htmlPart, textPart, type MailLook } from './mail-parts.js';
import { mailContent, type MailContent } from './mail-content.js';
import type { MailLanguage, MailLanguages } from './mail-language.js';
import { oneLine } from './one-line.js';

/** A mail as it is sent. */
export interface ComposedMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** BCP 47. */
  readonly language: string;
}

/** Writes mails as plain text and as simple HTML, which loads nothing and tells nobody that it was read. */
export interface MailComposer {
  compose(mail: Pick<Mail, 'kind' | 'values' | 'locale'>): ComposedMail;
  /** A mail that shows that mails arrive. */
  composeTest(): ComposedMail;
}

/** @param look how the product is named and coloured */
export function createMailComposer(languages: MailLanguages, look: MailLook): MailComposer {
  const write = (content: MailContent, language: MailLanguage): ComposedMail => ({
    subject: oneLine(`${content.subject} – ${look.name}`),
    text: textPart(content, language, look),
    html: htmlPart(content, language, look),
    language: language.tag,
  });
  return {
    compose(mail) {
      const language = languages(mail.locale);
      return write(mailContent(mail, language), language);
    },
    composeTest() {
      const language = languages(undefined);
      const text = language.text('mail.test.text');
      return write(
        {
          subject: language.text('mail.test.subject'),
          paragraphs: [[{ text, isolate: false }]],
          actions: [],
          ending: [],
        },
        language,
      );
    },
  };
}
