import { BlockList, isIP, isIPv6, type Socket } from 'node:net';
import type { Context, Middleware } from 'koa';

/** Hops beyond this many are not believed. */
const MAX_HOPS = 10;

/** Headers in which proxies tell for whom they ask, in lower case. */
export const FORWARDED_HEADERS: readonly string[] = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
];

/** Whoever is at the other end of a connection, over which many requests may come. */
interface Peer {
  readonly address: string;
  readonly isTrusted: boolean;
}

/**
 * Lets forwarded headers count only when they come from a configured proxy, and finds the address of the client: the
 * first one from the right that is not a proxy of ours. From anybody else the headers are removed.
 * @param proxies IP addresses, CIDR blocks, or the word `loopback`
 * @param furtherHeaders what else only a proxy may say, in lower case
 */
export function trustedProxies(
  proxies: readonly string[],
  furtherHeaders: readonly string[] = [],
): Middleware {
  const trusted = toBlockList(proxies);
  const ofProxies = [...FORWARDED_HEADERS, ...furtherHeaders];
  const peers = new WeakMap<Socket, Peer>();
  return (ctx, next) => {
    const { socket } = ctx.req;
    const peer = peers.get(socket) ?? toPeer(socket, trusted);
    peers.set(socket, peer);
    ctx.state['fromTrustedProxy'] = peer.isTrusted;
    let client = peer.address;
    if (peer.isTrusted) {
      const hops = ctx.get('x-forwarded-for').split(',').slice(-MAX_HOPS);
      for (const hop of hops.reverse().map((text) => canonicalAddress(text.trim()))) {
        if (isIP(hop) === 0) break;
        client = hop;
        if (!isTrusted(trusted, hop)) break;
      }
    } else {
      removeHeaders(ctx, ofProxies);
    }
    ctx.request.ip = client;
    return next();
  };
}

/** Whether the request came from one of the proxies. */
export function isFromTrustedProxy(ctx: { readonly state: Readonly<Record<string, unknown>> }): boolean {
  return ctx.state['fromTrustedProxy'] === true;
}

/** Takes headers, in lower case, out of a request before anybody reads them. */
export function removeHeaders(ctx: Pick<Context, 'req'>, names: readonly string[]): void {
  const { headers } = ctx.req;
  for (const name of names) if (name in headers) Reflect.deleteProperty(headers, name);
}

function toPeer({ remoteAddress }: Socket, trusted: BlockList): Peer {
  const address = canonicalAddress(remoteAddress ?? '');
  return { address, isTrusted: isTrusted(trusted, address) };
}

function toBlockList(proxies: readonly string[]): BlockList {
  const list = new BlockList();
  for (const proxy of proxies) {
    if (proxy === 'loopback') {
      list.addSubnet('127.0.0.0', 8, 'ipv4');
      list.addAddress('::1', 'ipv6');
      continue;
    }
    const [address = '', prefix] = proxy.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

function isTrusted(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** A socket that listens on both families reports IPv4 peers as `::ffff:192.0.2.1`. */
export function canonicalAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}
