import { errors, type default as Provider } from 'oidc-provider';
import type { Resource } from '../domain/resources/resource.js';

/** What tokens of a grant may be for. */
export interface TokenBounds {
  /** Identifiers of resource servers. */
  readonly resources: readonly string[];
  readonly scopes: readonly string[];
}

/**
 * The only resource server that a request names.
 * @param named values of the parameters that name it
 * @throws {InvalidTarget} for another than those allowed, or several
 * @see RFC 8707 §2
 */
export function allowedResource(
  named: readonly string[],
  { resources }: Pick<TokenBounds, 'resources'>,
  declared: readonly Resource[],
): Resource {
  const [identifier, ...others] = new Set(named);
  const resource = declared.find((known) => known.identifier === identifier);
  if (others.length > 0 || !resource || !resources.includes(resource.identifier)) {
    throw new errors.InvalidTarget('the client may not get tokens for this resource');
  }
  return resource;
}

/**
 * The scopes that a token gets: all that may be given, or those of them that were asked for.
 * @throws {InvalidScope} when more is asked for, or nothing is left
 */
export function allowedScope(asked: unknown, available: readonly string[]): string {
  const wanted = typeof asked === 'string' ? asked.split(' ').filter(Boolean) : available;
  const excess = wanted.filter((name) => !available.includes(name));
  if (excess.length > 0 || wanted.length === 0) {
    throw new errors.InvalidScope('no token is issued for this scope', excess.join(' '));
  }
  return [...new Set(wanted)].join(' ');
}

/** The resource server as the library puts it on tokens. */
export function resourceServerOf(
  provider: Provider,
  resource: Resource,
): InstanceType<Provider['ResourceServer']> {
  return new provider.ResourceServer(resource.identifier, {
    audience: resource.identifier,
    scope: resource.scopes.join(' '),
    accessTokenFormat: resource.accessTokenFormat,
    jwt: { sign: { alg: resource.signingAlgorithm } },
  });
}

/** @throws {InvalidRequest} for a client whose tokens are bound to a key, which this grant cannot do */
export function refuseBoundTokens(
  client: Readonly<Record<string, unknown>>,
  dpopProof: string,
  what: string,
): void {
  const isBound =
    client['dpopBoundAccessTokens'] === true || client['tlsClientCertificateBoundAccessTokens'] === true;
  if (isBound || dpopProof !== '') throw new errors.InvalidRequest(`${what} issues bearer tokens only`);
}
