import { timingSafeEqual } from 'node:crypto';
import { accountLinkInvalid } from '../account-links/account-link.js';
import type { Account } from '../accounts/account.js';
import { newAccountId } from '../accounts/account-id.js';
import { TooManyAttemptsError, type LoginThrottle } from '../accounts/login-throttle.js';
import { networkOf } from '../accounts/network-of.js';
import { normalizeLogin } from '../accounts/normalize-login.js';
import type { PasswordHasher } from '../accounts/password-hasher.js';
import { isHashable, normalizePassword } from '../accounts/password-policy.js';
import type { Clock } from '../clock.js';
import { DomainError } from '../errors.js';
import type { KeyedHash } from '../sealing.js';
import type { UnitOfWork } from '../unit-of-work.js';
import {
  hashRegistrationToken,
  registrationCodeInvalid,
  tidyRegistrationCode,
  type Registration,
  type RegistrationStore,
} from './registration.js';

export interface FindRegistrationDeps {
  readonly registrations: Pick<RegistrationStore, 'findByBrowser' | 'findByToken'>;
  readonly clock: Clock;
}

export interface ConfirmRegistrationDeps extends FindRegistrationDeps {
  readonly unitOfWork: UnitOfWork<'registrations' | 'accounts' | 'audit'>;
  readonly passwordHasher: Pick<PasswordHasher, 'verify'>;
  readonly loginThrottle: Pick<LoginThrottle, 'count' | 'giveBack' | 'succeed'>;
  readonly registrationHash: KeyedHash;
}

/** The registration that began in the browser with this secret. */
export function findOwnRegistration(
  deps: FindRegistrationDeps,
  browserToken: string | undefined,
): Promise<Registration | undefined> {
  if (browserToken === undefined) return Promise.resolve(undefined);
  return deps.registrations.findByBrowser(hashRegistrationToken('browser', browserToken), deps.clock.now());
}

/**
 * Finds the registration of a link, and leaves it as it is.
 * @throws {DomainError} `account_link_invalid`
 */
export async function findRegistration(
  deps: FindRegistrationDeps,
  token: string,
  browserToken: string | undefined,
): Promise<{ readonly registration: Registration; readonly isOwnBrowser: boolean }> {
  const found = await deps.registrations.findByToken(hashRegistrationToken('link', token), deps.clock.now());
  if (!found) throw accountLinkInvalid();
  const isOwnBrowser =
    browserToken !== undefined &&
    timingSafeEqual(hashRegistrationToken('browser', browserToken), found.browserHash);
  return { registration: found, isOwnBrowser };
}

/**
 * Creates the account by the code in the mail, typed into the browser in which the registration began. Whoever does so
 * has shown both the password, which they chose there, and the mailbox.
 * @throws {DomainError} `registration_code_invalid`
 * @throws {TooManyAttemptsError} before anything is compared
 */
export async function confirmRegistrationByCode(
  deps: ConfirmRegistrationDeps,
  input: {
    readonly browserToken: string | undefined;
    readonly code: string;
    readonly address?: string | undefined;
  },
): Promise<Account> {
  const found = await findOwnRegistration(deps, input.browserToken);
  const attempt = attemptAt(deps, found, input.address);
  const wait = await deps.loginThrottle.count(attempt);
  if (wait !== undefined) throw new TooManyAttemptsError(wait);
  const presented = deps.registrationHash(`code\0${found?.id ?? ''}\0${tidyRegistrationCode(input.code)}`);
  if (!found || !timingSafeEqual(presented, found.codeHash)) {
    await recordFailure(deps);
    throw registrationCodeInvalid();
  }
  const account = await createRegistered(deps, found, registrationCodeInvalid);
  await deps.loginThrottle.succeed(attempt);
  return account;
}

/**
 * Creates the account by the link in the mail. In another browser than the one in which the registration began the
 * password is asked for: a stranger who signed up with somebody's address must not get an account by that person's
 * opening the link.
 * @throws {DomainError} `account_link_invalid`, `invalid_credentials`, `overloaded`
 * @throws {TooManyAttemptsError} before anything is compared
 */
export async function confirmRegistrationByLink(
  deps: ConfirmRegistrationDeps,
  input: {
    readonly token: string;
    readonly browserToken: string | undefined;
    readonly password?: string | undefined;
    readonly address?: string | undefined;
  },
): Promise<Account> {
  const { registration, isOwnBrowser } = await findRegistration(deps, input.token, input.browserToken);
  if (isOwnBrowser) return createRegistered(deps, registration, accountLinkInvalid);
  const attempt = attemptAt(deps, registration, input.address);
  const wait = await deps.loginThrottle.count(attempt);
  if (wait !== undefined) throw new TooManyAttemptsError(wait);
  if (!(await matches(deps, registration, input.password ?? '', attempt))) {
    await recordFailure(deps);
    throw new DomainError('invalid_credentials', 'The password is not the one of the registration.');
  }
  const account = await createRegistered(deps, registration, accountLinkInvalid);
  await deps.loginThrottle.succeed(attempt);
  return account;
}

async function matches(
  { passwordHasher, loginThrottle }: ConfirmRegistrationDeps,
  { content }: Registration,
  password: string,
  attempt: Parameters<LoginThrottle['count']>[0],
): Promise<boolean> {
  if (!isHashable(password)) return false;
  try {
    return await passwordHasher.verify(content.passwordHash, normalizePassword(password));
  } catch (error) {
    await loginThrottle.giveBack(attempt);
    throw error;
  }
}

function attemptAt({ clock }: ConfirmRegistrationDeps, found: Registration | undefined, address = '') {
  // By address and not by registration: a new mail must not bring new tries.
  const subject =
    found === undefined ? 'registration:' : `registration:${normalizeLogin(found.content.email)}`;
  return { subject, network: networkOf(address), at: clock.now() };
}

function recordFailure({ unitOfWork }: ConfirmRegistrationDeps): Promise<void> {
  return unitOfWork.run(({ audit }) => {
    audit.record({ type: 'registration.failed' });
    return Promise.resolve();
  });
}

async function createRegistered(
  deps: ConfirmRegistrationDeps,
  { id, content }: Registration,
  refusal: () => DomainError,
): Promise<Account> {
  const { email, passwordHash, givenName, familyName, locale } = content;
  const now = deps.clock.now();
  const account: Account = {
    id: newAccountId(now),
    email,
    emailVerified: true,
    username: undefined,
    profile: {
      ...(givenName === undefined ? {} : { givenName }),
      ...(familyName === undefined ? {} : { familyName }),
      ...(locale === undefined ? {} : { locale }),
    },
    disabled: false,
    roles: [],
    groups: [],
    effectiveRoles: [],
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
  try {
    await deps.unitOfWork.run(async ({ registrations, accounts, audit }) => {
      if (!(await registrations.redeem(id, now))) throw refusal();
      await accounts.insert({ account, passwordHash });
      audit.record({
        type: 'user.created',
        subject: { kind: 'user', id: account.id },
        details: { roles: [], can_use_password: true, by: 'registration', email_verified: true },
        // Whom nobody knows until now.
        actor: { kind: 'user', id: account.id },
      });
    });
  } catch (error) {
    // The address has an account by now; saying so would tell it to somebody who only guessed.
    if (error instanceof DomainError && error.code === 'already_exists') throw refusal();
    throw error;
  }
  return account;
}
