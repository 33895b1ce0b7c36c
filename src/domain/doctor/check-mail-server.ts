import type { MailFault } from '../mail/mail-queue.js';
import { mailFaultRemedy } from '../mail/mail-fault-remedy.js';
import { fault, fine, warning, type Finding } from './finding.js';

/** What came of connecting to the mail server, up to the password. */
export type MailServerState =
  | { readonly state: 'absent' }
  | { readonly state: 'reached'; readonly encrypted: boolean }
  | { readonly state: 'failed'; readonly fault: MailFault };

/**
 * Whether mails can be handed over. Nothing is sent.
 * @param options.isRequired whether people are expected to get mails: in production
 */
export function checkMailServer(
  outcome: MailServerState,
  { isRequired }: { readonly isRequired: boolean },
): readonly Finding[] {
  switch (outcome.state) {
    case 'absent':
      return isRequired
        ? [
            warning(
              'mail.absent',
              'No mail server is set: nobody can choose a new password or confirm an address.',
              'Set SMTP_URL=smtps://USER:PASSWORD@smtp.example.com:465 and MAIL_FROM.',
            ),
          ]
        : [fine('mail.shown', 'Mails are shown at /dev/mail and go nowhere.')];
    case 'reached':
      return outcome.encrypted
        ? [
            fine(
              'mail.reached',
              'The mail server is reached over TLS, and takes the password where one is set.',
            ),
          ]
        : [
            warning(
              'mail.not_encrypted',
              'The mail server is spoken to without TLS: links in mails can be read on the way.',
              'Use smtps:// and port 465, or a server that offers STARTTLS.',
            ),
          ];
    case 'failed':
      return [
        fault(
          `mail.${outcome.fault}`,
          `The mail server cannot be used (${outcome.fault}).`,
          mailFaultRemedy(outcome.fault),
        ),
      ];
  }
}
