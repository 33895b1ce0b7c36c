import type Provider from 'oidc-provider';
import type { ConsentScope } from './consent-scope.js';

/**
 * Extends the grant of this session, or makes one, by what the person allowed.
 * @param input.seconds how long the grant lives from now
 * @returns the id of the grant
 */
export async function saveGrant(
  provider: Provider,
  input: {
    readonly grantId: string | undefined;
    readonly accountId: string;
    readonly clientId: string;
    readonly allowed: ConsentScope;
    readonly seconds: number;
  },
): Promise<string> {
  const { accountId, clientId, allowed } = input;
  const found = input.grantId === undefined ? undefined : await provider.Grant.find(input.grantId);
  const grant = found ?? new provider.Grant({ accountId, clientId });
  if (allowed.scopes.length > 0) grant.addOIDCScope(allowed.scopes.join(' '));
  if (allowed.claims.length > 0) grant.addOIDCClaims([...allowed.claims]);
  for (const [resource, scopes] of Object.entries(allowed.resourceScopes)) {
    if (scopes.length > 0) grant.addResourceScope(resource, scopes.join(' '));
  }
  // Allowing again counts from now.
  if (found) grant.exp = Math.floor(Date.now() / 1000) + input.seconds;
  return grant.save();
}
