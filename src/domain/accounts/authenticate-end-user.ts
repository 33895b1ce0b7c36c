import type { Clock } from '../clock.js';
import { DomainError } from '../errors.js';
import type { KeyedHash } from '../sealing.js';
import type { UnitOfWork } from '../unit-of-work.js';
import type { Account } from './account.js';
import type { AccountRecord, AccountStore } from './account-store.js';
import {
  throttleSubject,
  TooManyAttemptsError,
  type LoginAttempt,
  type LoginThrottle,
} from './login-throttle.js';
import { networkOf } from './network-of.js';
import { normalizeTypedLogin } from './normalize-login.js';
import type { PasswordHasher } from './password-hasher.js';
import { isHashable, normalizePassword } from './password-policy.js';
import { refusalReason, signInEntry } from './sign-in-entry.js';

export interface AuthenticateEndUserDeps {
  readonly accounts: Pick<AccountStore, 'findByLogin' | 'replacePasswordHash'>;
  readonly passwordHasher: PasswordHasher;
  readonly loginThrottle: Pick<LoginThrottle, 'count' | 'giveBack' | 'succeed'>;
  readonly clock: Clock;
  readonly unitOfWork: UnitOfWork<'audit'>;
  /** Names what somebody typed in the audit log without telling it. */
  readonly loginHash: KeyedHash;
}

export interface Credentials {
  /** Email or username. */
  readonly username: string;
  readonly password: string;
  /** IP address of whoever signs in, as far as it is known. */
  readonly address?: string | undefined;
  /** The client that they sign in for. */
  readonly clientId?: string | undefined;
}

/**
 * Finds out whether somebody is who they say, by password. An unknown name, a wrong password, a disabled account and
 * one without a password are one and the same refusal, after the same work.
 * @throws {DomainError} `invalid_credentials`, `overloaded`
 * @throws {TooManyAttemptsError} before anything is compared
 * @see OWASP ASVS 5.0 V6.3.8
 */
export async function authenticateEndUser(
  deps: AuthenticateEndUserDeps,
  credentials: Credentials,
): Promise<Account> {
  const login = normalizeTypedLogin(credentials.username);
  const record = await deps.accounts.findByLogin(login ?? '');
  const attempt: LoginAttempt = {
    subject: throttleSubject(record?.account.id, login ?? ''),
    network: networkOf(credentials.address ?? ''),
    at: deps.clock.now(),
  };
  const wait = await deps.loginThrottle.count(attempt);
  if (wait !== undefined) throw new TooManyAttemptsError(wait);

  const password = isHashable(credentials.password) ? normalizePassword(credentials.password) : undefined;
  const matches = await verify(deps, attempt, record?.passwordHash, password);
  const refusal = refusalReason(record, matches);
  // One event either way, so that a refusal takes as long whatever its reason.
  await deps.unitOfWork.run(({ audit }) => {
    const { clientId } = credentials;
    audit.record(signInEntry(deps, { account: record?.account, refusal, login, clientId }));
    return Promise.resolve();
  });
  if (refusal !== undefined || record === undefined) {
    throw new DomainError('invalid_credentials', 'The username or the password is not right.');
  }
  await deps.loginThrottle.succeed(attempt);
  await renewHash(deps, record, password ?? '');
  return record.account;
}

async function verify(
  { passwordHasher, loginThrottle }: AuthenticateEndUserDeps,
  attempt: LoginAttempt,
  passwordHash: string | undefined,
  password: string | undefined,
): Promise<boolean> {
  try {
    // A password that is too long to be anybody's takes the same time as a wrong one.
    return await passwordHasher.verify(password === undefined ? undefined : passwordHash, password ?? '');
  } catch (error) {
    await loginThrottle.giveBack(attempt);
    throw error;
  }
}

/** Brings the hash up to today's parameters. It is not worth a refusal: the next sign-in tries again. */
async function renewHash(
  deps: AuthenticateEndUserDeps,
  record: AccountRecord,
  password: string,
): Promise<void> {
  const { passwordHash, account } = record;
  if (passwordHash === undefined || !deps.passwordHasher.needsRehash(passwordHash)) return;
  try {
    const renewed = await deps.passwordHasher.hash(password);
    await deps.accounts.replacePasswordHash(account.id, passwordHash, renewed);
  } catch (error) {
    if (!(error instanceof DomainError && error.code === 'overloaded')) throw error;
  }
}
