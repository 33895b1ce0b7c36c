import type { Configuration, Grant, KoaContextWithOIDC } from 'oidc-provider';
import { epochSeconds, type Clock } from '../domain/clock.js';
import type { ConsentStore } from '../domain/consents/consent-store.js';
import type { Consent } from '../domain/consents/consent.js';
import { orUnavailable } from './unavailable.js';
import { clientTraits } from './client-metadata.js';
import { mayUseRequestedClient } from './may-use-requested-client.js';

export interface ExistingGrantDependencies {
  readonly consents: Pick<ConsentStore, 'find'>;
  readonly clock: Clock;
  /** Seconds that a grant lives; one that is past half of it is renewed by a sign-in. */
  readonly grantSeconds: number;
}

/**
 * Answers what the person has allowed this client: the grant of the session, extended by what they allowed in an earlier
 * one. Clients of the operator's own need no permission.
 */
export function createLoadExistingGrant({
  consents,
  clock,
  grantSeconds,
}: ExistingGrantDependencies): NonNullable<Configuration['loadExistingGrant']> {
  /** What was allowed holds as long as the consent page said. */
  const remembered = async (accountId: string, clientId: string): Promise<Consent | undefined> => {
    const consent = await orUnavailable(() => consents.find(accountId, clientId));
    if (!consent) return undefined;
    return epochSeconds(consent.grantedAt) + grantSeconds > epochSeconds(clock.now()) ? consent : undefined;
  };

  return async (ctx) => {
    const { client, session, provider, account, result } = ctx.oidc;
    if (!client || !session || !account || !mayUseRequestedClient(ctx)) return undefined;
    const grantId = result?.consent?.grantId ?? session.grantIdFor(client.clientId);
    const found = grantId === undefined ? undefined : await provider.Grant.find(grantId);
    // A session that changed hands must not hand over what its earlier owner had allowed.
    const existing = found?.accountId === account.accountId ? found : undefined;
    if (existing && coversRequest(ctx, existing) && existing.remainingTTL > grantSeconds / 2) return existing;

    const allowed = clientTraits(client).firstParty
      ? everything
      : await remembered(account.accountId, client.clientId);
    if (!allowed) return existing;
    const grant = existing ?? new provider.Grant({ accountId: account.accountId, clientId: client.clientId });
    addWhatWasAllowed(ctx, grant, allowed);
    grant.exp = epochSeconds(clock.now()) + grantSeconds;
    await grant.save();
    return grant;
  };
}

const everything = 'everything';

function coversRequest(ctx: KoaContextWithOIDC, grant: Grant): boolean {
  const { requestParamOIDCScopes, requestParamClaims, requestParamScopes, resourceServers } = ctx.oidc;
  const scopes = new Set(grant.getOIDCScopeEncountered().split(' '));
  const claims = new Set(grant.getOIDCClaimsEncountered());
  return (
    [...requestParamOIDCScopes].every((scope) => scopes.has(scope)) &&
    [...requestParamClaims].every((claim) => claims.has(claim)) &&
    Object.entries(resourceServers ?? {}).every(([identifier, server]) => {
      const granted = new Set(grant.getResourceScopeEncountered(identifier).split(' '));
      return [...requestParamScopes].every((scope) => !server.scopes.has(scope) || granted.has(scope));
    })
  );
}

function addWhatWasAllowed(
  ctx: KoaContextWithOIDC,
  grant: Grant,
  allowed: Consent | typeof everything,
): void {
  const { requestParamOIDCScopes, requestParamClaims, requestParamScopes, resourceServers } = ctx.oidc;
  const of = (asked: Iterable<string>, list: readonly string[]): string[] =>
    allowed === everything ? [...asked] : [...asked].filter((name) => list.includes(name));

  const remembered = allowed === everything ? undefined : allowed;
  const scopes = of(requestParamOIDCScopes, remembered?.scopes ?? []);
  if (scopes.length > 0) grant.addOIDCScope(scopes.join(' '));
  const claims = of(requestParamClaims, remembered?.claims ?? []);
  if (claims.length > 0) grant.addOIDCClaims(claims);
  for (const [identifier, server] of Object.entries(resourceServers ?? {})) {
    const asked = [...requestParamScopes].filter((scope) => server.scopes.has(scope));
    const granted = of(asked, remembered?.resourceScopes[identifier] ?? []);
    if (granted.length > 0) grant.addResourceScope(identifier, granted.join(' '));
  }
}
