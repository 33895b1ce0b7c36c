import type { Account } from '../accounts/account.js';
import type { PasswordHasher } from '../accounts/password-hasher.js';
import { normalizePassword, passwordFaults, type PasswordPolicy } from '../accounts/password-policy.js';
import { writePassword } from '../accounts/write-password.js';
import { refuseIfFaulty } from '../errors.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { findAccountLink, redeemAccountLink, type FindAccountLinkDeps } from './find-account-link.js';

export interface ResetPasswordDeps extends FindAccountLinkDeps {
  readonly unitOfWork: UnitOfWork<
    'accounts' | 'accountLinks' | 'roles' | 'artifactRevocation' | 'mailOutbox' | 'audit'
  >;
  readonly passwordHasher: Pick<PasswordHasher, 'hash'>;
  readonly passwordPolicy: PasswordPolicy;
  readonly issuer: string;
}

/**
 * Sets a new password by a link, and ends all that was issued to the account. It signs nobody in: whoever has the link
 * proves no more than that, and a second factor is asked for at the next sign-in as ever. A refused password does not use
 * the link up.
 * @throws {DomainError} `account_link_invalid`, `invalid_input` naming `password`, `overloaded`
 * @see OWASP ASVS 5.0 V6.4.3, V7.4.3
 */
export async function resetPassword(
  deps: ResetPasswordDeps,
  { token, password }: { readonly token: string; readonly password: string },
): Promise<Account> {
  // Looked up before hashing, so that nobody without a link can make this server hash passwords.
  const { link, account: seen } = await findAccountLink(deps, 'password_reset', token);
  refuseIfFaulty(passwordFaults(deps.passwordPolicy, password, seen));
  const passwordHash = await deps.passwordHasher.hash(normalizePassword(password));

  return deps.unitOfWork.run(async (stores) => {
    const now = deps.clock.now();
    const before = await redeemAccountLink(stores, link, now);
    return writePassword(stores, before, {
      passwordHash,
      at: now,
      issuer: deps.issuer,
      // Whoever holds the link, whom nobody knows until now.
      actor: { kind: 'user', id: before.id },
      details: { by: 'reset_link' },
    });
  });
}
