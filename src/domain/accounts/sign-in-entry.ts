import type { AuditEntry } from '../audit/audit-event.js';
import type { KeyedHash } from '../sealing.js';
import type { Account } from './account.js';
import type { AccountRecord } from './account-store.js';

/** Why a sign-in was refused. Only the audit log is told: whoever tried hears one and the same. */
export type SignInRefusal = 'unknown_login' | 'no_password' | 'wrong_password' | 'disabled';

/** @returns undefined when the sign-in succeeds */
export function refusalReason(
  record: AccountRecord | undefined,
  matches: boolean,
): SignInRefusal | undefined {
  if (record === undefined) return 'unknown_login';
  if (record.passwordHash === undefined) return 'no_password';
  if (!matches) return 'wrong_password';
  return record.account.disabled ? 'disabled' : undefined;
}

/**
 * What the audit log tells of a try to sign in. The typed login is told only as a keyed hash: it may be a password that
 * somebody typed into the wrong field, and still all tries at one name can be found.
 */
export function signInEntry(
  { loginHash }: { readonly loginHash: KeyedHash },
  attempt: {
    readonly account: Account | undefined;
    readonly refusal: SignInRefusal | undefined;
    /** Normalised; undefined where nobody can have such a login. */
    readonly login: string | undefined;
    readonly clientId?: string | undefined;
  },
): AuditEntry {
  const { account, refusal, login, clientId } = attempt;
  const subject = account && ({ kind: 'user', id: account.id } as const);
  const hash = loginHash(login ?? '').toString('base64url');
  return refusal === undefined
    ? { type: 'sign_in.succeeded', actor: subject, subject, clientId, details: { method: 'password' } }
    : {
        type: 'sign_in.failed',
        subject,
        clientId,
        details: { method: 'password', reason: refusal, login_hash: hash },
      };
}
