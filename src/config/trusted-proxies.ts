import { BlockList, isIP } from 'node:net';
import { Refusal, quote } from './refusal.js';

/**
 * Reads a comma-separated list of proxies whose forwarded headers count.
 * @returns IP addresses, CIDR blocks and the word `loopback`
 * @throws {Refusal} naming every entry that is none of these, or that would trust everybody
 */
export function readTrustedProxies(text: string): readonly string[] {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  const wrong = entries.filter((entry) => !isProxy(entry));
  if (wrong.length > 0) {
    throw new Refusal(
      `${wrong.map(quote).join(', ')} ${wrong.length === 1 ? 'is' : 'are'} neither an IP address, a CIDR block nor loopback`,
      'Name the addresses of your proxies, for instance 10.0.0.0/8,fd00::/8,loopback.',
    );
  }
  const everybody = entries.find((entry) => Number(entry.split('/')[1]) === 0);
  if (everybody !== undefined) {
    throw new Refusal(
      `${quote(everybody)} trusts everybody, so that anyone could claim any address`,
      'Name only the network of your proxies, for instance 10.0.0.0/8.',
    );
  }
  return entries;
}

function isProxy(entry: string): boolean {
  if (entry === 'loopback') return true;
  const [, address = '', prefix] = /^([^/]+?)(?:\/(\d{1,3}))?$/.exec(entry) ?? [];
  const version = isIP(address);
  if (version === 0 || address.includes('%')) return false;
  try {
    new BlockList().addSubnet(address, Number(prefix ?? 32), version === 6 ? 'ipv6' : 'ipv4');
    return true;
  } catch {
    return false;
  }
}
