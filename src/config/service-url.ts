import { Refusal } from './refusal.js';
import { parseUrl } from '../domain/url.js';

/** What kind of address a setting wants. */
export interface ServiceUrlKind {
  /** With the colon, for instance `smtp:`. */
  readonly protocols: readonly string[];
  /** A good value to show, without a real password. */
  readonly example: string;
}

export const POSTGRES_URL: ServiceUrlKind = {
  protocols: ['postgres:', 'postgresql:'],
  example: 'postgres://latchkey:PASSWORD@db.example.com:5432/latchkey',
};
export const OTLP_URL: ServiceUrlKind = {
  protocols: ['http:', 'https:'],
  example: 'http://collector.example.com:4318',
};
export const SMTP_URL: ServiceUrlKind = {
  protocols: ['smtp:', 'smtps:'],
  example: 'smtps://USER:PASSWORD@smtp.example.com:465',
};

/**
 * Checks the address of a service, which may carry a password: no message repeats any of it.
 * @returns the text as it is
 * @throws {Refusal}
 */
export function readServiceUrl(text: string, { protocols, example }: ServiceUrlKind): string {
  const remedy = `Write it like ${example}`;
  const encode = `${remedy} and percent-encode special characters in the user name and password, for instance @ as %40.`;
  const protocol = /^([a-z][a-z0-9+.-]*:)\/\//i.exec(text)?.[1]?.toLowerCase();
  if (protocol === undefined || !protocols.includes(protocol)) {
    const schemes = protocols.map((known) => `${known}//`).join(' or ');
    throw new Refusal(`does not begin with ${schemes}`, `${remedy}.`);
  }
  const authority = /^[^/]*\/\/([^/?#]*)/.exec(text)?.[1] ?? '';
  const afterAuthority = text.slice(text.indexOf('//') + 2 + authority.length);
  if (/[@#]/.test(afterAuthority)) throw new Refusal('has an @ or # behind its host', encode);
  const parsed = parse(text);
  if (parsed === undefined) throw new Refusal('is not a URL', encode);
  if (parsed.hostname === '' && protocol !== 'postgres:' && protocol !== 'postgresql:') {
    throw new Refusal('names no host', `${remedy}.`);
  }
  try {
    decodeURIComponent(parsed.username + parsed.password + parsed.pathname);
  } catch {
    throw new Refusal('has a % that does not begin a percent-encoded character', encode);
  }
  return text;
}

function parse(text: string): URL | undefined {
  if (/\s/.test(text)) return undefined;
  // PostgreSQL allows `user@/database?host=/socket/folder`, which URL refuses for want of a host.
  const withHost = text.replace(/^([^/]*\/\/[^@/?#]*@)(?=[/?]|$)/, '$1socket');
  return parseUrl(withHost);
}
