import type { default as Provider, Client } from 'oidc-provider';
import type { ConsentScope } from './consent-scope.js';

/** The request that an interaction is about, as the library keeps it. */
export type InteractionRequest = Pick<
  Awaited<ReturnType<Provider['interactionDetails']>>,
  'params' | 'deviceCode'
>;

/** What of a request the person has not allowed yet, from the details of the consent prompt. */
export function missingConsent(details: Readonly<Record<string, unknown>>): ConsentScope {
  const { missingOIDCScope, missingOIDCClaims, missingResourceScopes } = details;
  return {
    scopes: texts(missingOIDCScope),
    claims: texts(missingOIDCClaims),
    resourceScopes: Object.fromEntries(
      Object.entries((missingResourceScopes ?? {}) as Record<string, unknown>).map(([resource, scopes]) => [
        resource,
        texts(scopes),
      ]),
    ),
  };
}

/**
 * Where a request begins again. A client whose requests must be pushed or signed has to make a new one itself, where it
 * says at which address it does.
 * @see OpenID Connect Core 1.0 §4
 */
export function restartUri(
  provider: Provider,
  client: Client,
  { params, deviceCode }: InteractionRequest,
): string {
  if (deviceCode) return provider.pathFor('code_verification');
  const cannotBeRepeated = client.requirePushedAuthorizationRequests || client.requireSignedRequestObject;
  if (cannotBeRepeated && client.initiateLoginUri !== undefined) {
    const uri = new URL(client.initiateLoginUri);
    uri.searchParams.set('iss', provider.issuer);
    return uri.href;
  }
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (typeof value === 'string') query.set(name, value);
    else if (typeof value === 'number' || typeof value === 'boolean') query.set(name, String(value));
    else for (const item of texts(value)) query.append(name, item);
  }
  return `${provider.pathFor('authorization')}?${query.toString()}`;
}

/** A parameter, where it is one text. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function texts(value: unknown): readonly string[] {
  if (value instanceof Set) return texts([...(value as Set<unknown>)]);
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
