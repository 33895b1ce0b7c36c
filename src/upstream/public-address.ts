import { BlockList, isIP } from 'node:net';

/** Address blocks that are not of the public internet. @see RFC 6890 and its registries at IANA */
const BLOCKED_4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];
const BLOCKED_6: readonly (readonly [string, number])[] = [
  ['::', 96],
  // Those that carry an IPv4 address, which would have to be looked at too.
  ['::ffff:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 9],
  ['ff00::', 8],
];

// Apart, since a list takes an IPv4 address for the IPv6 address that carries it.
const blocked4 = new BlockList();
const blocked6 = new BlockList();
for (const [net, prefix] of BLOCKED_4) blocked4.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of BLOCKED_6) blocked6.addSubnet(net, prefix, 'ipv6');

/** Whether the IP address is one of the public internet. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !blocked4.check(address, 'ipv4');
    case 6:
      return !blocked6.check(address, 'ipv6');
    default:
      return false;
  }
}

/** Whether the host names this very machine. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
