import type { AuditActor } from '../audit/audit-event.js';
import type { JsonObject } from '../json.js';
import type { Stores } from '../unit-of-work.js';
import type { Account } from './account.js';

/** A new password as it is written. */
export interface PasswordWrite {
  readonly passwordHash: string;
  readonly at: Date;
  /** Absent: whoever the unit of work belongs to. */
  readonly actor?: AuditActor;
  /** For the audit log, besides what has ended. */
  readonly details?: JsonObject;
}

/**
 * Writes a password within a unit of work that has locked the account, and ends all that was issued to the account.
 * @see OWASP ASVS 5.0 V7.4.3
 */
export async function writePassword(
  { accounts, artifactRevocation, audit }: Pick<Stores, 'accounts' | 'artifactRevocation' | 'audit'>,
  before: Account,
  { passwordHash, at, actor, details = {} }: PasswordWrite,
): Promise<Account> {
  const after = { ...before, version: before.version + 1, updatedAt: at };
  await accounts.update(after);
  await accounts.setPasswordHash(before.id, passwordHash);
  const ended = await artifactRevocation.revokeAccount(before.id);
  audit.record({
    type: 'password.changed',
    subject: { kind: 'user', id: before.id },
    details: { ended, ...details },
    actor,
  });
  return after;
}
