import type { Clock } from '../clock.js';
import { refuseIfFaulty } from '../errors.js';
import type { UnitOfWork } from '../unit-of-work.js';
import type { Account } from './account.js';
import type { AccountStore } from './account-store.js';
import { accountNotFound, lockAccount } from './lock-account.js';
import type { PasswordHasher } from './password-hasher.js';
import { normalizePassword, passwordFaults, type PasswordPolicy } from './password-policy.js';

export interface ChangePasswordDeps {
  readonly accounts: Pick<AccountStore, 'findById'>;
  readonly unitOfWork: UnitOfWork<'accounts' | 'artifactRevocation'>;
  readonly clock: Clock;
  readonly passwordHasher: Pick<PasswordHasher, 'hash'>;
  readonly passwordPolicy: PasswordPolicy;
}

/**
 * Gives an account a new password and ends all that was issued to it. The caller has made sure that whoever asks may.
 * @param id the account's id
 * @throws {DomainError} `invalid_input` naming `password`, `not_found`, `overloaded`
 * @see OWASP ASVS 5.0 V7.4.3
 */
export async function changePassword(
  deps: ChangePasswordDeps,
  id: string,
  password: string,
): Promise<Account> {
  const seen = await deps.accounts.findById(id);
  if (seen === undefined) throw accountNotFound();
  refuseIfFaulty(passwordFaults(deps.passwordPolicy, password, seen));
  // Hashed before the unit of work: a transaction must not be held open for as long as a hash takes.
  const passwordHash = await deps.passwordHasher.hash(normalizePassword(password));

  return deps.unitOfWork.run(async ({ accounts, artifactRevocation }) => {
    const before = await lockAccount(accounts, id);
    const after = { ...before, version: before.version + 1, updatedAt: deps.clock.now() };
    await accounts.update(after);
    await accounts.setPasswordHash(id, passwordHash);
    await artifactRevocation.revokeAccount(id);
    return after;
  });
}
