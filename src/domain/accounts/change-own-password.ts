import type { Clock } from '../clock.js';
import { DomainError, refuseIfFaulty } from '../errors.js';
import type { Stores, UnitOfWork } from '../unit-of-work.js';
import type { Account } from './account.js';
import type { AccountStore } from './account-store.js';
import { accountNotFound, lockAccount } from './lock-account.js';
import {
  throttleSubject,
  TooManyAttemptsError,
  type LoginAttempt,
  type LoginThrottle,
} from './login-throttle.js';
import { networkOf } from './network-of.js';
import type { PasswordHasher } from './password-hasher.js';
import { isHashable, normalizePassword, passwordFaults, type PasswordPolicy } from './password-policy.js';
import { writePassword } from './write-password.js';

/** The stores that writing a password takes. */
type PasswordStores = keyof Parameters<typeof writePassword>[0] & keyof Stores;

export interface ChangeOwnPasswordDeps {
  readonly accounts: Pick<AccountStore, 'findByLogin'>;
  readonly unitOfWork: UnitOfWork<PasswordStores>;
  readonly clock: Clock;
  readonly passwordHasher: Pick<PasswordHasher, 'hash' | 'verify'>;
  readonly passwordPolicy: PasswordPolicy;
  readonly issuer: string;
  readonly loginThrottle: Pick<LoginThrottle, 'count' | 'giveBack' | 'succeed'>;
}

export interface OwnPasswordChange {
  /** Looked at where the account has a password. */
  readonly currentPassword: string;
  readonly newPassword: string;
  /** The session in which its owner asks, which goes on; everything else that was issued to the account ends. */
  readonly sessionId: string;
  /** IP address of whoever asks, as far as it is known. */
  readonly address?: string | undefined;
}

/** Whether the account has a password. */
export async function hasPassword(
  accounts: Pick<AccountStore, 'findByLogin'>,
  { email }: Pick<Account, 'email'>,
): Promise<boolean> {
  return (await accounts.findByLogin(email))?.passwordHash !== undefined;
}

/**
 * Gives an account a new password at its owner's wish. Tries at the current one count together with those to sign in.
 * An account without a password gets one: the caller has made sure that its owner signed in a moment ago.
 * @throws {DomainError} `invalid_credentials` for a wrong current password, `invalid_input` naming `password`,
 *   `not_found`, `overloaded`
 * @throws {TooManyAttemptsError} before anything is compared
 * @see OWASP ASVS 5.0 V6.2.3, V6.3.1
 */
export async function changeOwnPassword(
  deps: ChangeOwnPasswordDeps,
  account: Account,
  { currentPassword, newPassword, sessionId, address }: OwnPasswordChange,
): Promise<Account> {
  const record = await deps.accounts.findByLogin(account.email);
  if (record?.account.id !== account.id) throw accountNotFound();
  const expected = record.passwordHash;
  if (expected !== undefined) await checkCurrent(deps, account, { expected, currentPassword, address });
  refuseIfFaulty(passwordFaults(deps.passwordPolicy, newPassword, account));
  // Hashed before the unit of work: a transaction must not be held open for as long as a hash takes.
  const passwordHash = await deps.passwordHasher.hash(normalizePassword(newPassword));
  return deps.unitOfWork.run(async (stores) => {
    const before = await lockAccount(stores.accounts, account.id);
    const now = await stores.accounts.findByLogin(before.email);
    // Another change came first, so that what was proved is no longer the account's password.
    if (now?.passwordHash !== expected) throw wrongPassword();
    return writePassword(stores, before, {
      passwordHash,
      at: deps.clock.now(),
      issuer: deps.issuer,
      actor: { kind: 'user', id: before.id },
      keptSessionId: sessionId,
    });
  });
}

async function checkCurrent(
  deps: ChangeOwnPasswordDeps,
  account: Account,
  given: {
    readonly expected: string;
    readonly currentPassword: string;
    readonly address: string | undefined;
  },
): Promise<void> {
  const attempt: LoginAttempt = {
    subject: throttleSubject(account.id, ''),
    network: networkOf(given.address ?? ''),
    at: deps.clock.now(),
  };
  const wait = await deps.loginThrottle.count(attempt);
  if (wait !== undefined) throw new TooManyAttemptsError(wait);
  const { currentPassword } = given;
  const password = isHashable(currentPassword) ? normalizePassword(currentPassword) : undefined;
  let matches: boolean;
  try {
    matches = await deps.passwordHasher.verify(
      password === undefined ? undefined : given.expected,
      password ?? '',
    );
  } catch (error) {
    await deps.loginThrottle.giveBack(attempt);
    throw error;
  }
  if (!matches) {
    await deps.unitOfWork.run(({ audit }) => {
      audit.record({
        type: 'password.change_failed',
        subject: { kind: 'user', id: account.id },
        details: { reason: 'wrong_password' },
      });
      return Promise.resolve();
    });
    throw wrongPassword();
  }
  await deps.loginThrottle.succeed(attempt);
}

function wrongPassword(): DomainError {
  return new DomainError('invalid_credentials', 'The current password is not right.');
}
