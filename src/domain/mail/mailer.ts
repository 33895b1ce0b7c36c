import type { Mail } from './mail.js';
import type { MailFault } from './mail-queue.js';

/** What became of a mail that was handed to a mail server. */
export type Delivery =
  | { readonly delivered: true }
  | {
      readonly delivered: false;
      readonly fault: MailFault;
      /** Another try would fare no better. */
      readonly permanent: boolean;
    };

/** Hands mails to whoever brings them. */
export interface Mailer {
  /** @param id the same at each try, so that a mail that arrives twice can be known */
  deliver(id: string, mail: Mail): Promise<Delivery>;
}

/** Where mails that nobody brings stay: they count as sent, and their content is kept for a while. */
export const keepingMailer: Mailer = { deliver: () => Promise.resolve({ delivered: true }) };

/** Gives every mail up. */
export const absentMailer: Mailer = {
  deliver: () => Promise.resolve({ delivered: false, fault: 'mail_not_configured', permanent: true }),
};
