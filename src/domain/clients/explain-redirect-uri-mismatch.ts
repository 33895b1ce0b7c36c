/** In what a URI that was sent differs from one that is registered, in words. */
export const REDIRECT_URI_DIFFERENCES = {
  whitespace: 'blank space around it',
  not_absolute: 'it is not an absolute URI',
  scheme: 'another scheme',
  loopback_name: 'localhost and 127.0.0.1 are not the same host',
  host: 'another host',
  port: 'another port',
  user_information: 'user information before the host',
  trailing_slash: 'a trailing slash at the end',
  path: 'another path',
  query: 'another query',
  encoding: 'percent-encoding',
  case: 'upper and lower case',
  fragment: 'a fragment, which no redirect URI may have',
} as const;
export type RedirectUriDifference = keyof typeof REDIRECT_URI_DIFFERENCES;

/** Why a redirect URI is not one of those that are registered. */
export interface RedirectUriMismatch {
  /** The registered one that differs least; absent: none is registered. */
  readonly closest: string | undefined;
  /** In what the sent one differs from the closest one. */
  readonly differences: readonly RedirectUriDifference[];
}

interface UriParts {
  readonly scheme: string;
  readonly userInformation: string;
  readonly host: string;
  readonly port: string;
  readonly path: string;
  readonly query: string | undefined;
  readonly fragment: string | undefined;
}

/** Which of several registered URIs was meant: one on another host hardly. Others count 1. */
const WEIGHTS: Partial<Record<RedirectUriDifference, number>> = {
  not_absolute: 16,
  host: 8,
  path: 4,
  query: 2,
  scheme: 2,
};

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Says in what a redirect URI differs from the registered one that is closest to it.
 * @param sent what the request said, as it is
 * @param registered the client's redirect URIs, or its post-logout redirect URIs
 * @param options.anyLoopbackPort whether the port on a loopback host is the client's to choose (RFC 8252 §7.3)
 * @returns undefined when it is registered
 * @see RFC 9700 §2.1 on exact comparison
 */
export function explainRedirectUriMismatch(
  sent: string,
  registered: readonly string[],
  options: { readonly anyLoopbackPort?: boolean } = {},
): RedirectUriMismatch | undefined {
  let best: RedirectUriMismatch & { readonly weight: number } = {
    closest: undefined,
    differences: [],
    weight: Infinity,
  };
  for (const closest of registered) {
    const differences = sent === closest ? [] : differencesOf(sent, closest, options);
    if (differences.length === 0) return undefined;
    const weight = differences.reduce((sum, difference) => sum + (WEIGHTS[difference] ?? 1), 0);
    if (weight < best.weight) best = { closest, differences, weight };
  }
  return { closest: best.closest, differences: best.differences };
}

function differencesOf(
  sent: string,
  registered: string,
  options: { readonly anyLoopbackPort?: boolean },
): RedirectUriDifference[] {
  if (sent.trim() !== sent) return ['whitespace', ...differencesOf(sent.trim(), registered, options)];
  const one = split(sent);
  const other = split(registered);
  if (!one || !other) {
    const decoded = decode(sent);
    if (decoded === sent || !split(decoded)) return ['not_absolute'];
    return ['encoding', ...differencesOf(decoded, registered, options)];
  }
  const found = new Set<RedirectUriDifference>();
  if (one.scheme !== other.scheme) found.add(sameFolded(one.scheme, other.scheme) ? 'case' : 'scheme');
  if (one.userInformation !== other.userInformation) found.add('user_information');
  if (one.host !== other.host) found.add(hostDifference(one.host, other.host));
  const portIsFree = options.anyLoopbackPort === true && LOOPBACK_NAMES.has(one.host);
  if (one.port !== other.port && !portIsFree) found.add('port');
  addTextDifferences(found, 'path', ...withoutLoneSlash(found, one.path, other.path));
  addTextDifferences(found, 'query', one.query, other.query);
  if (one.fragment !== undefined) found.add('fragment');
  return [...found];
}

function hostDifference(one: string, other: string): RedirectUriDifference {
  if (sameFolded(one, other)) return 'case';
  return LOOPBACK_NAMES.has(one.toLowerCase()) && LOOPBACK_NAMES.has(other) ? 'loopback_name' : 'host';
}

function withoutLoneSlash(
  found: Set<RedirectUriDifference>,
  one: string,
  other: string,
): readonly [string, string] {
  if (one.endsWith('/') === other.endsWith('/')) return [one, other];
  found.add('trailing_slash');
  return [one.replace(/\/$/, ''), other.replace(/\/$/, '')];
}

function addTextDifferences(
  found: Set<RedirectUriDifference>,
  part: 'path' | 'query',
  one: string | undefined,
  other: string | undefined,
): void {
  if (one === other) return;
  if (one === undefined || other === undefined) {
    found.add(part);
    return;
  }
  const [plainOne, plainOther] = [decode(one), decode(other)];
  if (plainOne === plainOther) found.add('encoding');
  else if (sameFolded(plainOne, plainOther)) found.add('case');
  else found.add(part);
}

/** The parts as they are written; a parser of URLs would make equal what is compared as text. @see RFC 3986 appendix B */
function split(uri: string): UriParts | undefined {
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(uri);
  if (!match) return undefined;
  const [, scheme = '', authority = '', path = '', query, fragment] = match;
  const [, userInformation = '', host = '', port = ''] =
    /^(?:(.*)@)?(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(authority) ?? [];
  return { scheme, userInformation, host, port, path, query, fragment };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function sameFolded(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
