import { createLocalJWKSet, createRemoteJWKSet, customFetch, type FetchImplementation, type JWK } from 'jose';
import type { IssuerKeys } from '../domain/assertions/trusted-issuer.js';
import type { JsonObject } from '../domain/json.js';
import { createGuardedFetch, type TraceOutbound } from './guarded-fetch.js';

/** Finds the key that a signed JWT names; a set behind an address is fetched when it is needed, and kept. */
export type IssuerKeySet = ReturnType<typeof createLocalJWKSet> | ReturnType<typeof createRemoteJWKSet>;

/**
 * The public keys of somebody trusted.
 * @param rules.allowLoopback outside production: issuers under development are on this very machine
 * @param rules.trace follows each request, where somebody collects traces
 */
export function issuerKeySet(
  keys: IssuerKeys,
  { allowLoopback, trace }: { readonly allowLoopback: boolean; readonly trace?: TraceOutbound | undefined },
): IssuerKeySet {
  if ('jwks' in keys) return createLocalJWKSet({ keys: keysOf(keys.jwks) });
  const guarded = createGuardedFetch({ allowLoopback, allowPrivate: keys.privateNetwork, trace });
  const fetchKeys: FetchImplementation = (url, { method, headers, signal }) =>
    guarded(url, { method, headers: Object.fromEntries(headers), signal });
  return createRemoteJWKSet(new URL(keys.jwksUri), { [customFetch]: fetchKeys });
}

/** The keys of a set; what is none is left out, as keys of an unknown type are. @see RFC 7517 §5 */
function keysOf({ keys }: JsonObject): JWK[] {
  return Array.isArray(keys) ? keys.filter(isJwk) : [];
}

/** Members of public keys. @see RFC 7517 §4, RFC 7518 §6, RFC 8037 §2 */
const TEXTS = ['kty', 'use', 'alg', 'kid', 'x5u', 'x5t', 'x5t#S256', 'crv', 'x', 'y', 'n', 'e', 'pub'];
const LISTS = ['key_ops', 'x5c'];

function isJwk(value: unknown): value is JWK {
  if (typeof value !== 'object' || value === null) return false;
  const isText = (member: unknown): boolean => typeof member === 'string';
  return Object.entries(value).every(([name, member]: [string, unknown]) => {
    if (TEXTS.includes(name)) return isText(member);
    return !LISTS.includes(name) || (Array.isArray(member) && member.every(isText));
  });
}
