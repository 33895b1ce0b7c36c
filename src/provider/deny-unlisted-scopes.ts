import type Provider from 'oidc-provider';

/** A scope text that lists nothing; the library takes an empty one for "no limit". */
const LISTS_NOTHING = ' ';

/**
 * Refuses scopes to clients that list none. The library checks requested scopes against a client's `scope` only where
 * it has one, so a service without scopes could ask for every scope; as a default on the class, `scope` is always there.
 * @see RFC 6749 §3.3
 */
export function denyUnlistedScopes(provider: Provider): void {
  Object.defineProperty(provider.Client.prototype, 'scope', {
    configurable: true,
    // The library assigns a client's own `scope` over it.
    writable: true,
    enumerable: false,
    value: LISTS_NOTHING,
  });
}
