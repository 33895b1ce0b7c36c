import { isIPv4, isIPv6 } from 'node:net';

/**
 * The network that an address stands for when tries are counted: an IPv4 address itself, and the /64 of an IPv6
 * address, since whoever has one address there has them all.
 * @returns undefined when the text is no IP address
 */
export function networkOf(address: string): string | undefined {
  const [bare = ''] = address.split('%');
  if (isIPv4(bare)) return bare;
  if (!isIPv6(bare)) return undefined;
  const groups = expand(bare);
  const mapped = groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff' ? groups.slice(6) : undefined;
  if (mapped) return mapped.flatMap((group) => bytesOf(parseInt(group, 16))).join('.');
  return `${groups.slice(0, 4).join(':')}::/64`;
}

/** The eight groups of an IPv6 address, without leading zeros. */
function expand(address: string): readonly string[] {
  const dotted = /\d+\.\d+\.\d+\.\d+$/.exec(address)?.[0];
  const plain = dotted === undefined ? address : address.slice(0, -dotted.length) + groupsOfIPv4(dotted);
  const [head = '', tail] = plain.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].map((group) => parseInt(group, 16).toString(16));
}

function groupsOfIPv4(dotted: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = dotted.split('.').map(Number);
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

function bytesOf(group: number): readonly number[] {
  return [group >> 8, group & 0xff];
}
