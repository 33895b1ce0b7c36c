import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  type FetchImplementation,
  type JSONWebKeySet,
} from 'jose';
import type { IssuerKeys } from '../domain/assertions/trusted-issuer.js';
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
  if ('jwks' in keys) return createLocalJWKSet(keys.jwks as unknown as JSONWebKeySet);
  const guarded = createGuardedFetch({ allowLoopback, allowPrivate: keys.privateNetwork, trace });
  const fetchKeys: FetchImplementation = (url, { method, headers, signal }) =>
    guarded(url, { method, headers: Object.fromEntries(headers), signal });
  return createRemoteJWKSet(new URL(keys.jwksUri), { [customFetch]: fetchKeys });
}
