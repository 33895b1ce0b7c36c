import type { Account } from '../accounts/account.js';
import type { AccountStore } from '../accounts/account-store.js';
import type { Clock } from '../clock.js';
import { allowedProviders, type IdentityProvider } from './identity-provider.js';
import { UpstreamError } from './upstream-error.js';
import { hasAllowedDomain } from './upstream-identity.js';
import type { UpstreamLink, UpstreamLinkStore } from './upstream-link-store.js';
import { hashUpstreamToken, readProvenIdentity, type ProvenIdentity } from './upstream-request.js';
import type { UpstreamRequestStore } from './upstream-request-store.js';

export interface FindIdentityDeps {
  readonly requests: Pick<UpstreamRequestStore, 'find'>;
  readonly links: Pick<UpstreamLinkStore, 'find'>;
  readonly accounts: Pick<AccountStore, 'findById' | 'findByLogin'>;
  readonly providers: readonly IdentityProvider[];
  readonly clock: Clock;
}

/** What a proven identity leads to. */
export type IdentityMeaning = { readonly provider: IdentityProvider; readonly proven: ProvenIdentity } & (
  | { readonly kind: 'linked'; readonly account: Account; readonly link: UpstreamLink }
  /** Somebody with this address has an account: they prove that it is theirs, or nothing is linked. */
  | { readonly kind: 'has_account'; readonly account: Account; readonly email: string }
  | { readonly kind: 'new'; readonly email: string }
);

/**
 * Finds the identity that a ticket stands for.
 * @returns undefined where there is none
 */
export async function findProvenIdentity(
  { requests, clock }: Pick<FindIdentityDeps, 'requests' | 'clock'>,
  ticket: string,
): Promise<ProvenIdentity | undefined> {
  const content = await requests.find(hashUpstreamToken('identity', ticket), clock.now());
  return content && readProvenIdentity(content);
}

/**
 * Finds out what the identity of a ticket means for a sign-in in an interaction. It changes nothing.
 * @param interaction.identityProviders those that the client allows; absent: all
 * @throws {UpstreamError} `request_invalid`, `not_allowed`, `email_domain`, `account_unusable`, `sign_up_off`,
 *   `email_unverified`
 */
export async function findIdentity(
  deps: FindIdentityDeps,
  ticket: string,
  interaction: { readonly uid: string; readonly identityProviders: readonly string[] | undefined },
): Promise<IdentityMeaning> {
  const proven = await findProvenIdentity(deps, ticket);
  if (proven?.purpose.kind !== 'sign_in' || proven.purpose.interactionUid !== interaction.uid) {
    throw new UpstreamError('request_invalid', 'The ticket is unknown, used, or of another sign-in.');
  }
  const { identity } = proven;
  const allowed = allowedProviders(deps.providers, interaction.identityProviders);
  const provider = allowed.find(({ id }) => id === identity.providerId);
  if (!provider) throw new UpstreamError('not_allowed', 'The client does not allow this provider.');
  refuseOtherDomains(provider, proven);

  const link = await deps.links.find(identity.issuer, identity.subject);
  if (link) {
    const account = await deps.accounts.findById(link.accountId);
    if (!account || account.disabled) {
      throw new UpstreamError('account_unusable', 'The account cannot be used.');
    }
    return { kind: 'linked', provider, proven, account, link };
  }
  const email = identity.emailVerified ? identity.email : undefined;
  // Said without a look at the accounts: whoever cannot prove an address does not learn whether it has one.
  if (email === undefined) {
    throw provider.signUp
      ? new UpstreamError('email_unverified', 'The provider tells no verified address.')
      : new UpstreamError('sign_up_off', 'The person has no account here, and none is made.');
  }
  const record = await deps.accounts.findByLogin(email);
  if (record) return { kind: 'has_account', provider, proven, account: record.account, email };
  if (!provider.signUp) throw new UpstreamError('sign_up_off', 'No account is made.');
  return { kind: 'new', provider, proven, email };
}

/** @throws {UpstreamError} `email_domain` */
export function refuseOtherDomains(provider: IdentityProvider, { identity }: ProvenIdentity): void {
  if (hasAllowedDomain(provider, identity)) return;
  throw new UpstreamError('email_domain', 'The address is of none of the domains that may sign in.');
}
