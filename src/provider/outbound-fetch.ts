import type { Configuration } from 'oidc-provider';

/** Makes a request within a trace, with the headers by which the other side can continue it. */
export type TraceOutbound = (
  request: { readonly method: string; readonly url: string },
  send: (traceHeaders: Readonly<Record<string, string>>) => Promise<Response>,
) => Promise<Response>;

/**
 * Requests that this provider makes itself: logout tokens, keys of clients. The library guards them with a dispatcher
 * that reaches no private or loopback address.
 * @param allowLoopback outside production, where apps under development listen on this very machine
 * @param trace follows each request, where somebody collects traces
 * @see OWASP ASVS 5.0 V1.3.6 (server-side request forgery)
 */
export function createOutboundFetch(
  allowLoopback: boolean,
  trace?: TraceOutbound,
): NonNullable<Configuration['fetch']> {
  const send: NonNullable<Configuration['fetch']> = (url, options) => {
    if (!allowLoopback || !isLoopback(new URL(url))) return fetch(url, options);
    const { dispatcher: _guard, ...unguarded } = options as RequestInit & { readonly dispatcher?: unknown };
    return fetch(url, unguarded);
  };
  if (!trace) return send;
  return (url, options = {}) =>
    trace(
      { method: options.method ?? 'GET', url: url instanceof Request ? url.url : url.toString() },
      (traceHeaders) => {
        const headers = new Headers(options.headers);
        for (const [name, value] of Object.entries(traceHeaders)) headers.set(name, value);
        return send(url, { ...options, headers });
      },
    );
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
