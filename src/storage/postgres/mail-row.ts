import type { MailFault, MailRecord, MailState } from '../../domain/mail/mail-queue.js';
import type { Mail, Mails } from '../../domain/mail/mail.js';
import type { Sealer } from '../../domain/sealing.js';

/** A mail as `mail_outbox` holds it. */
export interface MailRow {
  id: string;
  kind: keyof Mails;
  account_id: string | null;
  recipient_hash: Buffer;
  sealed_payload: Buffer | null;
  state: MailState;
  attempts: number;
  last_error: MailFault | null;
  created_at: Date;
  next_attempt_at: Date;
  expires_at: Date;
  settled_at: Date | null;
}

type SealedPart = Pick<Mail, 'to' | 'locale' | 'values'>;

const contextOf = (id: string): Buffer => Buffer.from(`mail ${id}`);

/** Seals what a mail says and to whom, under its own id. */
export function sealMail(sealer: Sealer, id: string, { to, locale, values }: Mail): Buffer {
  return sealer.seal(Buffer.from(JSON.stringify({ to, locale, values } satisfies SealedPart)), contextOf(id));
}

/** @returns undefined when the content was erased, or sealed by another key */
export function openMail(
  sealer: Sealer,
  row: Pick<MailRow, 'id' | 'kind' | 'account_id' | 'sealed_payload'>,
): Mail | undefined {
  if (row.sealed_payload === null) return undefined;
  try {
    const part = JSON.parse(sealer.open(row.sealed_payload, contextOf(row.id)).toString()) as SealedPart;
    return { kind: row.kind, accountId: row.account_id ?? undefined, ...part, locale: part.locale };
  } catch {
    return undefined;
  }
}

export function toMailRecord(row: MailRow): MailRecord {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    accountId: row.account_id ?? undefined,
    createdAt: row.created_at,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at,
    fault: row.last_error ?? undefined,
    settledAt: row.settled_at ?? undefined,
  };
}
