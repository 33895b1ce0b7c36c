import type { FieldFault } from '../errors.js';
import type { ClientType } from './client.js';
import { hasOnlyUriCharacters, isLoopbackHost } from './web-uri.js';
import { parseUrl } from '../url.js';

/** Longer ones do not travel safely in a query. */
const MAX_LENGTH = 2048;

/** Hosts for which a native client may choose its port at run time. @see RFC 8252 §7.3 */
const NATIVE_LOOPBACKS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Reverse domain names: at least one dot. @see RFC 8252 §7.1 */
const PRIVATE_USE_SCHEME = /^[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:$/;

/** What is wrong with a URI to which browsers are to be sent. */
interface UriFault {
  readonly code: string;
  readonly detail: string;
}

/**
 * Checks a redirect URI, or a post-logout redirect URI, for a client of the type. It is later compared character by
 * character, so it must be written as browsers write it.
 * @param field the name under which the caller knows it, for instance `redirect_uris/0`
 * @returns the fault, undefined when it may be registered
 * @see RFC 9700 §2.1, RFC 8252 §7, OpenID Connect Core 1.0 §3.1.2.1
 */
export function redirectUriFault(uri: string, type: ClientType, field: string): FieldFault | undefined {
  const fault = formFault(uri) ?? schemeFault(new URL(uri), uri, type);
  return (
    fault && { field, code: fault.code, detail: `${field} ${JSON.stringify(shorten(uri))}: ${fault.detail}` }
  );
}

function formFault(uri: string): UriFault | undefined {
  if (uri.length > MAX_LENGTH) {
    return {
      code: 'redirect_uri_too_long',
      detail: `it is longer than ${MAX_LENGTH} characters; shorten it.`,
    };
  }
  const url = parseUrl(uri);
  if (!hasOnlyUriCharacters(uri) || !/^[A-Za-z][A-Za-z0-9+.-]*:/.test(uri) || url === undefined) {
    return {
      code: 'redirect_uri_not_absolute',
      detail: 'it is not an absolute URI; write it whole, like https://app.example.com/callback.',
    };
  }
  if (uri.includes('#')) {
    return { code: 'redirect_uri_fragment', detail: 'it has a fragment; leave out the # and what follows.' };
  }
  if (uri.includes('*')) {
    return {
      code: 'redirect_uri_wildcard',
      detail: 'wildcards are not matched; register every URI in full.',
    };
  }
  if (url.username !== '' || url.password !== '' || authority(uri).includes('@')) {
    return {
      code: 'redirect_uri_userinfo',
      detail: 'it has user information; leave out the part before the @.',
    };
  }
  return undefined;
}

function schemeFault(url: URL, uri: string, type: ClientType): UriFault | undefined {
  if (url.protocol === 'https:' || url.protocol === 'http:') {
    return webFault(url, type) ?? normalFormFault(url, uri);
  }
  if (type !== 'native') {
    return {
      code: 'redirect_uri_scheme',
      detail: `the scheme ${url.protocol} is not allowed for a ${type} client; use https://.`,
    };
  }
  if (!PRIVATE_USE_SCHEME.test(url.protocol) || !uri.startsWith(`${url.protocol}/`)) {
    return {
      code: 'redirect_uri_scheme',
      detail:
        'a private-use scheme is a domain name of yours in reverse and ends in ":/", like com.example.app:/callback.',
    };
  }
  return normalFormFault(url, uri);
}

function webFault(url: URL, type: ClientType): UriFault | undefined {
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname)) {
    return { code: 'redirect_uri_http', detail: 'http: is for loopback hosts only; use https://.' };
  }
  if (type !== 'native' || !isLoopbackHost(url.hostname)) return undefined;
  if (url.protocol === 'https:') {
    return {
      code: 'redirect_uri_loopback_https',
      detail: 'a native client listens on loopback without TLS; use http://127.0.0.1/.',
    };
  }
  if (!NATIVE_LOOPBACKS.has(url.hostname)) {
    return {
      code: 'redirect_uri_http',
      detail: 'a native client listens on 127.0.0.1, [::1] or localhost; use one of them.',
    };
  }
  return undefined;
}

/** An equal URI in another spelling would never match what browsers and libraries send. */
function normalFormFault(url: URL, uri: string): UriFault | undefined {
  const spelled = withoutDefaultPort(url.protocol, uri);
  if (spelled === url.href || `${spelled}/` === url.href) return undefined;
  return { code: 'redirect_uri_not_normal', detail: `write it in its normal form, ${url.href}.` };
}

function withoutDefaultPort(protocol: string, uri: string): string {
  if (protocol === 'https:') return uri.replace(/^(https:\/\/[^/?]*):443(?=[/?]|$)/, '$1');
  if (protocol === 'http:') return uri.replace(/^(http:\/\/[^/?]*):80(?=[/?]|$)/, '$1');
  return uri;
}

function authority(uri: string): string {
  return /^[^:]+:\/\/([^/?#]*)/.exec(uri)?.[1] ?? '';
}

function shorten(uri: string): string {
  return uri.length > 200 ? `${uri.slice(0, 200)}…` : uri;
}
