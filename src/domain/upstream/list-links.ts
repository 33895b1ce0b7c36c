import type { AccountStore } from '../accounts/account-store.js';
import { accountNotFound } from '../accounts/lock-account.js';
import type { JsonObject } from '../json.js';
import type { IdentityProvider } from './identity-provider.js';
import type { UpstreamLink, UpstreamLinkStore } from './upstream-link-store.js';

/** A link with the name of its provider. */
export interface LinkedAccount extends UpstreamLink {
  /** The provider's id where it is not in the configuration any more. */
  readonly providerName: string;
}

/**
 * Lists with whom an account is linked.
 * @throws {DomainError} `not_found`
 */
export async function listLinks(
  deps: {
    readonly accounts: Pick<AccountStore, 'findById'>;
    readonly upstreamLinks: Pick<UpstreamLinkStore, 'list'>;
    readonly providers: readonly IdentityProvider[];
  },
  accountId: string,
): Promise<readonly LinkedAccount[]> {
  if (!(await deps.accounts.findById(accountId))) throw accountNotFound();
  const links = await deps.upstreamLinks.list(accountId);
  return links.map((link) => ({
    ...link,
    providerName: deps.providers.find(({ id }) => id === link.providerId)?.name ?? link.providerId,
  }));
}

/** A link as administrators and its owner see it. */
export function linkInformation(link: LinkedAccount): JsonObject {
  return {
    id: link.id,
    provider: link.providerId,
    provider_name: link.providerName,
    issuer: link.issuer,
    subject: link.subject,
    ...(link.email === undefined ? {} : { email: link.email }),
    created_at: link.createdAt.toISOString(),
    ...(link.lastUsedAt === undefined ? {} : { last_used_at: link.lastUsedAt.toISOString() }),
  };
}
