import type { Clock } from '../clock.js';
import { DomainError, refuseIfFaulty } from '../errors.js';
import type { Stores, UnitOfWork } from '../unit-of-work.js';
import type { Account } from './account.js';
import type { AccountStore } from './account-store.js';
import { lockAccount } from './lock-account.js';
import type { PasswordHasher } from './password-hasher.js';
import { normalizePassword, passwordFaults, type PasswordPolicy } from './password-policy.js';
import { writePassword } from './write-password.js';

/** The stores that writing a password takes. */
type PasswordStores = keyof Parameters<typeof writePassword>[0] & keyof Stores;

export interface ReplaceTemporaryPasswordDeps {
  readonly accounts: Pick<AccountStore, 'findByLogin'>;
  readonly unitOfWork: UnitOfWork<PasswordStores>;
  readonly clock: Clock;
  readonly passwordHasher: Pick<PasswordHasher, 'hash' | 'verify'>;
  readonly passwordPolicy: PasswordPolicy;
  readonly issuer: string;
}

export interface TemporaryPasswordChange {
  readonly newPassword: string;
  /** The browser's own session of the account, which goes on; everything else that was issued to the account ends. */
  readonly keptSessionId?: string | undefined;
  /** The sign-in in which they choose it. */
  readonly keptInteractionId: string;
}

/**
 * Puts a password of the owner's own choice in the place of a temporary one. The caller has made sure that they have
 * proved the temporary one, with the account as it is given here.
 * @throws {DomainError} `invalid_input` naming `password`, `overloaded`, `interaction_not_found` when the account has
 *   changed since it was proved
 * @see OWASP ASVS 5.0 V6.4.6
 */
export async function replaceTemporaryPassword(
  deps: ReplaceTemporaryPasswordDeps,
  account: Account,
  { newPassword, keptSessionId, keptInteractionId }: TemporaryPasswordChange,
): Promise<Account> {
  refuseIfFaulty(passwordFaults(deps.passwordPolicy, newPassword, account));
  const password = normalizePassword(newPassword);
  const record = await deps.accounts.findByLogin(account.email);
  if (record?.account.id !== account.id) throw changedMeanwhile();
  if (await deps.passwordHasher.verify(record.passwordHash, password)) {
    const detail = 'The new password must be another one than the temporary one.';
    refuseIfFaulty([{ field: 'password', code: 'password_unchanged', detail }]);
  }
  // Hashed before the unit of work: a transaction must not be held open for as long as a hash takes.
  const passwordHash = await deps.passwordHasher.hash(password);
  return deps.unitOfWork.run(async (stores) => {
    const before = await lockAccount(stores.accounts, account.id);
    if (before.version !== account.version || before.passwordTemporary !== true) throw changedMeanwhile();
    return writePassword(stores, before, {
      passwordHash,
      at: deps.clock.now(),
      issuer: deps.issuer,
      actor: { kind: 'user', id: before.id },
      keptSessionId,
      keptInteractionId,
      details: { by: 'sign_in' },
    });
  });
}

function changedMeanwhile(): DomainError {
  return new DomainError('interaction_not_found', 'The account has changed since it was proved.');
}
