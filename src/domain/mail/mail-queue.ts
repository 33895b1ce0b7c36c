import type { Mail, Mails } from './mail.js';

/** `pending`: still to be sent; `dead`: given up. */
export type MailState = 'pending' | 'sent' | 'dead';

export const MAIL_STATES: readonly MailState[] = ['pending', 'sent', 'dead'];

/** Why a mail was not sent (yet). Stable; never what a server answered, which may hold an address. */
export type MailFault =
  | 'server_unreachable'
  | 'tls_failed'
  | 'authentication_failed'
  | 'refused_for_now'
  | 'refused'
  | 'recipient_invalid'
  | 'too_many'
  | 'expired'
  | 'mail_not_configured'
  | 'unreadable'
  | 'failed';

/** What is told of a mail: everything but to whom it goes and what it says. */
export interface MailRecord {
  /** UUIDv7. */
  readonly id: string;
  readonly kind: keyof Mails;
  readonly state: MailState;
  readonly accountId: string | undefined;
  readonly createdAt: Date;
  readonly attempts: number;
  /** When it is tried again, while it is pending. */
  readonly nextAttemptAt: Date;
  /** Of the last attempt. */
  readonly fault: MailFault | undefined;
  /** When it was sent or given up. */
  readonly settledAt: Date | undefined;
}

/** A mail that one worker delivers; nobody else gets it until the lease is over. */
export interface LeasedMail {
  readonly id: string;
  /** This attempt, from 1. */
  readonly attempt: number;
  readonly expiresAt: Date;
  /** How many mails of its kind went to the same address since the time that the lease names. */
  readonly sentLately: number;
  /** Undefined when it cannot be opened any more. */
  readonly mail: Mail | undefined;
}

/** What became of an attempt. */
export type MailOutcome =
  | { readonly state: 'sent'; readonly at: Date; readonly keepContent: boolean }
  | { readonly state: 'dead'; readonly at: Date; readonly fault: MailFault; readonly keepContent: boolean }
  | { readonly state: 'pending'; readonly nextAttemptAt: Date; readonly fault: MailFault };

/** A mail with what it says, for the pages that show mails in development. */
export interface KeptMail {
  readonly record: MailRecord;
  readonly mail: Mail;
}

/** The outbox as those see it who deliver and look after the mails. */
export interface MailQueue {
  /**
   * Takes mails that are due, the oldest first, and keeps them from all others until the lease ends.
   * @param lease.countSince from when on mails to the same address are counted
   */
  lease(lease: {
    readonly now: Date;
    readonly until: Date;
    readonly countSince: Date;
    readonly most: number;
  }): Promise<readonly LeasedMail[]>;
  /**
   * Writes what became of an attempt.
   * @returns false when the lease was over and somebody else has it
   */
  settle(leased: Pick<LeasedMail, 'id' | 'attempt'>, outcome: MailOutcome): Promise<boolean>;
  /** When the next pending mail is due. */
  nextDueAt(): Promise<Date | undefined>;
  /** The newest first. @param options.before only mails older than that id */
  list(options: {
    readonly state?: MailState | undefined;
    readonly before?: string | undefined;
    readonly limit: number;
  }): Promise<readonly MailRecord[]>;
  find(id: string): Promise<MailRecord | undefined>;
  /** How many mails wait, and how many were given up. */
  backlog(): Promise<{ readonly pending: number; readonly dead: number }>;
  /** Mails whose content is kept, the newest first. */
  listKept(limit: number): Promise<readonly KeptMail[]>;
  findKept(id: string): Promise<KeptMail | undefined>;
  /**
   * Makes dead mails pending again, those that have not expired.
   * @param id absent: all
   * @returns the ids of those that are pending now
   */
  revive(at: Date, id?: string): Promise<readonly string[]>;
  /** Removes what was settled before that time. @returns how many mails */
  purge(settledBefore: Date): Promise<number>;
  /** Erases the content of what was sent before one time, and of what had expired by the other. */
  eraseContents(times: { readonly sentBefore: Date; readonly expiredBy: Date }): Promise<number>;
}
