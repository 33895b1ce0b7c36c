import { networkOf } from '../accounts/network-of.js';

/**
 * The beginning of an address, by which people recognise where they were, and which names no single line: the first two
 * numbers of IPv4, the /48 of IPv6.
 * @returns undefined when the text is no IP address
 */
export function placeOf(address: string): string | undefined {
  const network = networkOf(address);
  if (network === undefined) return undefined;
  if (!network.includes(':')) return `${network.split('.').slice(0, 2).join('.')}.0.0/16`;
  return `${network.split(':').slice(0, 3).join(':')}::/48`;
}
