import type { MailState } from '../domain/mail/mail-queue.js';

/** A mail in the list. */
export interface MailEntry {
  readonly href: string;
  readonly subject: string;
  readonly to: string;
  /** RFC 3339. */
  readonly at: string;
  readonly state: MailState;
}

/** What was sent, in development. */
export interface DevMailsView {
  readonly mails: readonly MailEntry[];
  /** IANA time zone in which times are written. */
  readonly timeZone: string;
}

/** One mail, in development. */
export interface DevMailView {
  readonly mail: MailEntry;
  readonly links: readonly string[];
  readonly text: string;
  readonly htmlUri: string;
  readonly listUri: string;
  /** IANA time zone in which times are written. */
  readonly timeZone: string;
}
