import type { Clock } from '../clock.js';
import { refuseIfFaulty } from '../errors.js';
import type { Grantor } from '../roles/grantor.js';
import type { UnitOfWork } from '../unit-of-work.js';
import type { Account } from './account.js';
import type { AccountStore } from './account-store.js';
import { accountNotFound, lockAccount } from './lock-account.js';
import type { PasswordHasher } from './password-hasher.js';
import { normalizePassword, passwordFaults, type PasswordPolicy } from './password-policy.js';
import { refuseTakeover } from './refuse-takeover.js';
import { writePassword } from './write-password.js';

export interface ChangePasswordDeps {
  readonly accounts: Pick<AccountStore, 'findById'>;
  readonly unitOfWork: UnitOfWork<'accounts' | 'roles' | 'artifactRevocation' | 'mailOutbox' | 'audit'>;
  readonly clock: Clock;
  readonly passwordHasher: Pick<PasswordHasher, 'hash'>;
  readonly passwordPolicy: PasswordPolicy;
  readonly issuer: string;
}

/**
 * Gives an account a new password and ends all that was issued to it. The caller has made sure that whoever asks may.
 * @param id the account's id
 * @param grantor who sets the password of somebody else; absent: the operator, or the account's owner
 * @param temporary whether the account's owner has to choose another one at the next sign-in
 * @throws {DomainError} `invalid_input` naming `password`, `not_found`, `overloaded`, `insufficient_rights` for an account
 *   that may do more than the grantor
 * @see OWASP ASVS 5.0 V6.4.6, V7.4.3
 */
export async function changePassword(
  deps: ChangePasswordDeps,
  id: string,
  password: string,
  grantor?: Grantor,
  temporary = false,
): Promise<Account> {
  const seen = await deps.accounts.findById(id);
  if (seen === undefined) throw accountNotFound();
  refuseIfFaulty(passwordFaults(deps.passwordPolicy, password, seen));
  // Hashed before the unit of work: a transaction must not be held open for as long as a hash takes.
  const passwordHash = await deps.passwordHasher.hash(normalizePassword(password));

  return deps.unitOfWork.run(async (stores) => {
    const before = await lockAccount(stores.accounts, id);
    await refuseTakeover(stores.roles, grantor, before);
    const at = deps.clock.now();
    return writePassword(stores, before, { passwordHash, at, temporary, issuer: deps.issuer });
  });
}
