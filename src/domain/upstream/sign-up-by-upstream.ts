import type { Account } from '../accounts/account.js';
import { newAccountId } from '../accounts/account-id.js';
import { changeProfile } from '../accounts/change-profile.js';
import { tidyEmail } from '../accounts/email-address.js';
import { PROFILE_ATTRIBUTES } from '../accounts/profile-attributes.js';
import type { Clock } from '../clock.js';
import { refuseIfFaulty } from '../errors.js';
import type { UnitOfWork } from '../unit-of-work.js';
import type { IdentityMeaning } from './find-identity.js';
import { newLink } from './link-identity.js';
import { UpstreamError } from './upstream-error.js';
import { hashUpstreamToken } from './upstream-request.js';

export interface SignUpByUpstreamDeps {
  readonly unitOfWork: UnitOfWork<'accounts' | 'upstreamLinks' | 'upstreamRequests' | 'audit'>;
  readonly clock: Clock;
}

/** What the person says about themselves; empty parts are left out. */
export interface UpstreamSignUp {
  readonly givenName: string;
  readonly familyName: string;
}

/**
 * Makes the account of somebody whom another provider vouches for, without a password, linked with them. The address is
 * the provider's verified one.
 * @throws {DomainError} `invalid_input`, `already_exists` where the address got an account meanwhile
 * @throws {UpstreamError} `request_invalid`, `linked_elsewhere`
 */
export async function signUpByUpstream(
  deps: SignUpByUpstreamDeps,
  ticket: string,
  meaning: IdentityMeaning & { readonly kind: 'new' },
  input: UpstreamSignUp,
): Promise<Account> {
  const { email, proven, provider } = meaning;
  const { purpose } = proven;
  const { profile, faults } = changeProfile({}, profileOf(meaning, input));
  refuseIfFaulty(faults);
  const now = deps.clock.now();
  const account: Account = {
    id: newAccountId(now),
    email: tidyEmail(email),
    emailVerified: true,
    username: undefined,
    profile,
    disabled: false,
    roles: [],
    groups: [],
    effectiveRoles: [],
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
  await deps.unitOfWork.run(async ({ accounts, upstreamLinks, upstreamRequests, audit }) => {
    const content = await upstreamRequests.take(hashUpstreamToken('identity', ticket), now);
    if (!content) throw new UpstreamError('request_invalid', 'The ticket is used.');
    await accounts.insert({ account, passwordHash: undefined });
    const link = { ...newLink(account, proven, now), lastUsedAt: now };
    if (!(await upstreamLinks.insert(link))) {
      throw new UpstreamError('linked_elsewhere', 'The person is linked with another account.');
    }
    const user = { kind: 'user', id: account.id } as const;
    const details = { provider: provider.id };
    audit.record({
      type: 'user.created',
      actor: user,
      subject: user,
      details: { ...details, roles: [], can_use_password: false },
    });
    audit.record({
      type: 'upstream.linked',
      actor: user,
      subject: user,
      details: { ...details, link: link.id },
    });
    audit.record({
      type: 'sign_in.succeeded',
      actor: user,
      subject: user,
      clientId: purpose.kind === 'sign_in' ? purpose.clientId : undefined,
      details: { ...details, method: 'upstream' },
    });
  });
  return account;
}

function profileOf({ proven }: IdentityMeaning, { givenName, familyName }: UpstreamSignUp) {
  const { locale } = proven.identity;
  const knownLocale = locale !== undefined && 'value' in PROFILE_ATTRIBUTES.locale.check(locale);
  return {
    ...(givenName.trim() === '' ? {} : { givenName }),
    ...(familyName.trim() === '' ? {} : { familyName }),
    // A language that is none is the provider's fault, and not the person's to mend.
    ...(knownLocale ? { locale } : {}),
  };
}
