import { lookup } from 'node:dns/promises';
import { BlockList, isIPv6 } from 'node:net';
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
 * @param options.byName also hosts of another name whose addresses are all this machine's own, as conformance suites
 *   have one; other private addresses stay out of reach
 * @param options.trace follows each request, where somebody collects traces
 * @see OWASP ASVS 5.0 V1.3.6 (server-side request forgery)
 */
export function createOutboundFetch(
  allowLoopback: boolean,
  { byName = false, trace }: { readonly byName?: boolean; readonly trace?: TraceOutbound | undefined } = {},
): NonNullable<Configuration['fetch']> {
  const send: NonNullable<Configuration['fetch']> = async (url, options) => {
    const { hostname } = new URL(url);
    if (!allowLoopback || !(isLoopback(hostname) || (byName && (await isNameOfLoopback(hostname))))) {
      return fetch(url, options);
    }
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

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

async function isNameOfLoopback(hostname: string): Promise<boolean> {
  const addresses = await lookup(hostname, { all: true }).catch(() => []);
  return (
    addresses.length > 0 &&
    addresses.every(({ address }) => LOOPBACK.check(address, isIPv6(address) ? 'ipv6' : 'ipv4'))
  );
}
