import type { Configuration } from 'oidc-provider';

/**
 * Requests that this provider makes itself: logout tokens, keys of clients. The library guards them with a dispatcher
 * that reaches no private or loopback address.
 * @param allowLoopback outside production, where apps under development listen on this very machine
 * @see OWASP ASVS 5.0 V1.3.6 (server-side request forgery)
 */
export function createOutboundFetch(allowLoopback: boolean): NonNullable<Configuration['fetch']> {
  return (url, options) => {
    if (!allowLoopback || !isLoopback(new URL(url))) return fetch(url, options);
    const { dispatcher: _guard, ...unguarded } = options as RequestInit & { readonly dispatcher?: unknown };
    return fetch(url, unguarded);
  };
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
