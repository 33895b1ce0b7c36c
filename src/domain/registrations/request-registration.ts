import { newAccountId } from '../accounts/account-id.js';
import type { AccountStore } from '../accounts/account-store.js';
import { changeProfile } from '../accounts/change-profile.js';
import { emailFaults, tidyEmail } from '../accounts/email-address.js';
import { TooManyAttemptsError, type LoginThrottle } from '../accounts/login-throttle.js';
import { networkOf } from '../accounts/network-of.js';
import { normalizeLogin } from '../accounts/normalize-login.js';
import type { PasswordHasher } from '../accounts/password-hasher.js';
import { normalizePassword, passwordFaults, type PasswordPolicy } from '../accounts/password-policy.js';
import type { Clock } from '../clock.js';
import { refuseIfFaulty } from '../errors.js';
import type { KeyedHash } from '../sealing.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { emailDomainFaults } from './email-domains.js';
import {
  hashRegistrationToken,
  newRegistrationCode,
  REGISTRATION_PATH,
  REGISTRATION_SECONDS,
  tidyRegistrationCode,
  type RegistrationContent,
  type RegistrationStore,
} from './registration.js';

export interface RequestRegistrationDeps {
  readonly accounts: Pick<AccountStore, 'findByLogin'>;
  readonly unitOfWork: UnitOfWork<'registrations' | 'mailOutbox' | 'audit'>;
  readonly clock: Clock;
  readonly passwordHasher: Pick<PasswordHasher, 'hash'>;
  readonly passwordPolicy: PasswordPolicy;
  readonly loginThrottle: Pick<LoginThrottle, 'count'>;
  /** Names addresses and codes in the store without telling them. */
  readonly registrationHash: KeyedHash;
  readonly randomToken: () => string;
  /** The issuer identifier; links are made from it and never from a request. */
  readonly issuer: string;
  /** Domains that an address has to be of; none: any. */
  readonly emailDomains: readonly string[];
}

export interface RegistrationRequest {
  readonly email: string;
  readonly password: string;
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
  /** BCP 47 tag of the language of the page. */
  readonly locale?: string | undefined;
  /** The uid of the interaction in which it began. */
  readonly interaction: string;
  /** IP address of whoever asks, as far as it is known. */
  readonly address?: string | undefined;
}

/**
 * Begins a registration and sends the mail that ends it. An address that has an account is answered alike, after the same
 * work; its owner gets a mail that says so.
 * @returns the secret of the browser in which it began
 * @throws {DomainError} `invalid_input` naming `email`, `password`, `given_name` or `family_name`, `overloaded`
 * @throws {TooManyAttemptsError} when too many mails were asked for
 * @see OWASP ASVS 5.0 V6.3.8
 */
export async function requestRegistration(
  deps: RequestRegistrationDeps,
  request: RegistrationRequest,
): Promise<string> {
  const { givenName, familyName, locale, interaction } = request;
  const email = tidyEmail(request.email);
  const named = changeProfile({}, { givenName, familyName });
  refuseIfFaulty([
    ...orElse(emailFaults(email), () => emailDomainFaults(deps.emailDomains, email)),
    ...passwordFaults(deps.passwordPolicy, request.password, { email }),
    ...named.faults.map((fault) => ({ ...fault, field: NAME_FIELDS.get(fault.field) ?? fault.field })),
  ]);
  await countMail(deps, email, request.address);
  // Before it is known whether there is an account: the hash is what takes time.
  const passwordHash = await deps.passwordHasher.hash(normalizePassword(request.password));
  const browserToken = deps.randomToken();
  const { givenName: given, familyName: family } = named.profile;
  await sendRegistration(deps, browserToken, {
    email,
    passwordHash,
    givenName: given,
    familyName: family,
    locale,
    interaction,
  });
  return browserToken;
}

/**
 * Sends the mail once more, with another link and another code; what was sent before ends.
 * @param browserToken the secret of the browser in which the registration began
 * @throws {TooManyAttemptsError} when too many mails were asked for
 */
export async function resendRegistration(
  deps: RequestRegistrationDeps & { readonly registrations: RegistrationFinder },
  browserToken: string,
  address: string | undefined,
): Promise<void> {
  const hash = hashRegistrationToken('browser', browserToken);
  const found = await deps.registrations.findByBrowser(hash, deps.clock.now());
  if (!found) return;
  await countMail(deps, found.content.email, address);
  await sendRegistration(deps, browserToken, found.content);
}

type RegistrationFinder = Pick<RegistrationStore, 'findByBrowser'>;

const NAME_FIELDS: ReadonlyMap<string, string> = new Map([
  ['givenName', 'given_name'],
  ['familyName', 'family_name'],
]);

async function countMail(
  { loginThrottle, clock }: RequestRegistrationDeps,
  email: string,
  address: string | undefined,
): Promise<void> {
  const wait = await loginThrottle.count({
    subject: `registration mail:${normalizeLogin(email)}`,
    network: networkOf(address ?? ''),
    at: clock.now(),
  });
  if (wait !== undefined) throw new TooManyAttemptsError(wait);
}

async function sendRegistration(
  deps: RequestRegistrationDeps,
  browserToken: string,
  content: RegistrationContent,
): Promise<void> {
  const now = deps.clock.now();
  const { email } = content;
  const normalized = normalizeLogin(email);
  const token = deps.randomToken();
  const code = newRegistrationCode();
  const issuer = deps.issuer.replace(/\/$/, '');
  const existing = (await deps.accounts.findByLogin(normalized))?.account;
  await deps.unitOfWork.run(async ({ registrations, mailOutbox, audit }) => {
    const id = newAccountId(now);
    await registrations.replace({
      id,
      emailHash: deps.registrationHash(`email\0${normalized}`),
      browserHash: hashRegistrationToken('browser', browserToken),
      tokenHash: hashRegistrationToken('link', token),
      codeHash: deps.registrationHash(`code\0${id}\0${tidyRegistrationCode(code)}`),
      content,
      expiresAt: new Date(now.getTime() + REGISTRATION_SECONDS * 1000),
    });
    if (existing) {
      await mailOutbox.add({
        kind: 'registration-existing',
        // The address as its owner wrote it, not as somebody typed it.
        to: existing.email,
        locale: existing.profile.locale ?? content.locale,
        values: { signInLink: `${issuer}/account`, resetLink: `${issuer}/forgot-password` },
        accountId: existing.id,
      });
    } else {
      await mailOutbox.add({
        kind: 'registration',
        to: email,
        locale: content.locale,
        values: { link: `${issuer}${REGISTRATION_PATH}/${token}`, code, hours: REGISTRATION_SECONDS / 3600 },
      });
    }
    audit.record({
      type: 'registration.requested',
      ...(existing ? { subject: { kind: 'user', id: existing.id } } : {}),
      details: { has_account: existing !== undefined },
    });
  });
}

function orElse<Item>(items: readonly Item[], others: () => readonly Item[]): readonly Item[] {
  return items.length > 0 ? items : others();
}
