import type { MailFault } from './mail-queue.js';

const REMEDIES: Partial<Record<MailFault, string>> = {
  server_unreachable:
    'Check host and port in SMTP_URL: smtp:// is for port 587 or 25, smtps:// for port 465; and that no firewall is in between.',
  tls_failed:
    'Check that the port fits: smtps:// is for port 465, smtp:// for port 587; and that the certificate is for the host in SMTP_URL.',
  authentication_failed:
    'Check user name and password in SMTP_URL, percent-encoded; some providers want a password for apps.',
  refused:
    'The server refuses sender or recipient: MAIL_FROM must be an address that it may send for, and the recipient must exist.',
  refused_for_now: 'The server asks to try again later (greylisting does so). Latchkey does so by itself.',
  recipient_invalid: 'Give one plain address, like ada@example.com.',
};

/** What to do about a mail server that does not take a mail; faults of the outbox alone have no remedy there. */
export function mailFaultRemedy(fault: MailFault): string {
  return REMEDIES[fault] ?? 'See docs/mail.md.';
}
