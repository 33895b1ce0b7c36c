import { parseUrl } from '../url.js';

/** Hosts that never leave the machine of the browser. @see RFC 8252 §7.3 */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** Whether the text holds nothing but the characters of a URI. @see RFC 3986 §2 */
export function hasOnlyUriCharacters(text: string): boolean {
  return /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/.test(text);
}

/**
 * Reads a URL under `https:`, or under `http:` where its host is loopback.
 * @returns undefined for everything else: relative, other schemes, with user information or with a fragment
 */
export function parseWebUri(text: string): URL | undefined {
  if (text.length > 2048 || !hasOnlyUriCharacters(text) || !/^https?:\/\/[^/]/i.test(text)) return undefined;
  const url = parseUrl(text);
  if (url === undefined || text.includes('#')) return undefined;
  if (url.username !== '' || url.password !== '') return undefined;
  return url.protocol === 'https:' || isLoopbackHost(url.hostname) ? url : undefined;
}

/** Whether the text is a web origin as a browser sends it: `https://host`, or `http://` on loopback. @see RFC 6454 §6.2 */
export function isWebOrigin(text: string): boolean {
  return !text.includes('*') && parseWebUri(text)?.origin === text;
}
