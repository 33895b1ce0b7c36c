import type { AuditActor } from '../audit/audit-event.js';
import type { JsonObject } from '../json.js';
import { sendNotice } from '../mail/send-notice.js';
import type { Stores } from '../unit-of-work.js';
import type { Account } from './account.js';

/** A new password as it is written. */
export interface PasswordWrite {
  readonly passwordHash: string;
  readonly at: Date;
  /** Somebody else has set it, and its owner has to choose another one. Default: false. */
  readonly temporary?: boolean | undefined;
  /** The issuer, for the link in the mail that tells the owner. */
  readonly issuer: string;
  /** Absent: whoever the unit of work belongs to. */
  readonly actor?: AuditActor;
  /** The session in which the owner changes it, which goes on. */
  readonly keptSessionId?: string | undefined;
  /** The sign-in in which the owner changes it, which goes on. */
  readonly keptInteractionId?: string | undefined;
  /** For the audit log, besides what has ended. */
  readonly details?: JsonObject;
}

/**
 * Writes a password within a unit of work that has locked the account, ends all that was issued to the account, and tells
 * its owner.
 * @see OWASP ASVS 5.0 V7.4.3
 */
export async function writePassword(
  {
    accounts,
    artifactRevocation,
    mailOutbox,
    audit,
  }: Pick<Stores, 'accounts' | 'artifactRevocation' | 'mailOutbox' | 'audit'>,
  before: Account,
  { passwordHash, at, temporary = false, issuer, actor, details = {}, ...kept }: PasswordWrite,
): Promise<Account> {
  const { passwordTemporary: _before, ...rest } = before;
  const after: Account = {
    ...rest,
    ...(temporary && { passwordTemporary: true }),
    version: before.version + 1,
    updatedAt: at,
  };
  await accounts.update(after);
  await accounts.setPasswordHash(before.id, passwordHash, temporary);
  const { keptSessionId, keptInteractionId } = kept;
  const ended = await artifactRevocation.revokeAccount(before.id, keptSessionId, keptInteractionId);
  audit.record({
    type: 'password.changed',
    subject: { kind: 'user', id: before.id },
    details: { ended, ...(temporary && { temporary }), ...details },
    actor,
  });
  await sendNotice({ mailOutbox, issuer }, after, { notice: 'password_changed', at });
  return after;
}
