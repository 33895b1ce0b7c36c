import type { JsonObject } from '../json.js';

/** What a client may do for an account now, by one session or by `offline_access`. */
export interface Grant {
  /** The same as the audit log calls it in `grant`. Nothing of it lets anybody use the grant. */
  readonly id: string;
  readonly accountId: string;
  readonly clientId: string;
  /** Scopes of this provider itself. */
  readonly scopes: readonly string[];
  /** Claims that were asked for one by one, through the `claims` parameter. */
  readonly claims: readonly string[];
  /** Scopes of resource servers, by their identifier. */
  readonly resourceScopes: Readonly<Record<string, readonly string[]>>;
  readonly grantedAt: Date;
  readonly expiresAt: Date | undefined;
}

/** The grant as JSON, for those who administer it. @param clientName absent: the client is gone */
export function grantInformation(grant: Grant, clientName: string | undefined): JsonObject {
  return {
    id: grant.id,
    user_id: grant.accountId,
    client_id: grant.clientId,
    client_name: clientName ?? null,
    scopes: grant.scopes,
    claims: grant.claims,
    resources: Object.entries(grant.resourceScopes).map(([identifier, scopes]) => ({ identifier, scopes })),
    granted_at: grant.grantedAt.toISOString(),
    expires_at: grant.expiresAt?.toISOString() ?? null,
  };
}
