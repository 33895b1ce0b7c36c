import { emailFaults, tidyEmail } from '../accounts/email-address.js';
import { normalizeLogin } from '../accounts/normalize-login.js';
import type { JsonObject } from '../json.js';
import type { IdentityProvider } from './identity-provider.js';

/** A person as another provider vouches for them. */
export interface UpstreamIdentity {
  readonly providerId: string;
  /** Together with `subject` it names the person for ever. @see OpenID Connect Core 1.0 §5.7 */
  readonly issuer: string;
  readonly subject: string;
  readonly email: string | undefined;
  readonly emailVerified: boolean;
  readonly name: string | undefined;
  readonly givenName: string | undefined;
  readonly familyName: string | undefined;
  readonly locale: string | undefined;
  /** @see RFC 8176 §2 */
  readonly amr: readonly string[];
  /** How the provider names the session there. */
  readonly sid?: string | undefined;
  /** The ID token itself, for the logout there; absent where it is not needed, or too long for an address. */
  readonly idToken?: string | undefined;
}

/** Characters. @see OpenID Connect Core 1.0 §2 (`sub`) */
const LONGEST_SUBJECT = 255;
const LONGEST_TEXT = 255;
const MOST_METHODS = 10;
/** Characters. It goes into the address of the logout. */
const LONGEST_ID_TOKEN = 4_096;

/**
 * Makes an identity of what a provider told, leaving out what is no fitting text.
 * @param subject as the ID token has it, or the userinfo endpoint where there is none
 * @returns undefined where the subject is missing or too long
 */
export function toIdentity(
  provider: IdentityProvider,
  told: {
    readonly issuer: string;
    readonly subject: unknown;
    readonly claims: Readonly<Record<string, unknown>>;
    readonly idToken?: string | undefined;
  },
): UpstreamIdentity | undefined {
  const { claims: names, trustEmail } = provider;
  const { claims, issuer } = told;
  const subject = typeof told.subject === 'number' ? String(told.subject) : told.subject;
  if (typeof subject !== 'string' || subject === '' || subject.length > LONGEST_SUBJECT) return undefined;
  if (hasNul(subject)) return undefined;
  const email = toEmail(claims[names.email]);
  const said = claims[names.emailVerified];
  const isSaid = said === true || said === 'true';
  return {
    providerId: provider.id,
    issuer,
    subject,
    email,
    emailVerified: email !== undefined && (trustEmail === 'always' || (trustEmail === 'when_said' && isSaid)),
    name: toText(claims[names.name]),
    givenName: toText(claims[names.givenName]),
    familyName: toText(claims[names.familyName]),
    locale: toText(claims[names.locale]),
    amr: toMethods(claims['amr']),
    sid: toText(claims['sid']),
    idToken: provider.logout ? toIdToken(told.idToken) : undefined,
  };
}

/** Whether the person may sign in as far as their address goes. */
export function hasAllowedDomain(provider: IdentityProvider, identity: UpstreamIdentity): boolean {
  const { emailDomains } = provider;
  if (emailDomains.length === 0) return true;
  if (identity.email === undefined || !identity.emailVerified) return false;
  const domain = normalizeLogin(identity.email).split('@')[1] ?? '';
  return emailDomains.some((allowed) => {
    const wanted = allowed.toLowerCase();
    return wanted.startsWith('*.') ? domain.endsWith(wanted.slice(1)) : domain === wanted;
  });
}

/** The identity as JSON. */
export function identityInformation(identity: UpstreamIdentity): JsonObject {
  const { email, name, givenName, familyName, locale, sid, idToken, ...rest } = identity;
  const texts = Object.entries({ email, name, givenName, familyName, locale, sid, idToken });
  return {
    ...rest,
    ...Object.fromEntries(texts.filter((entry): entry is [string, string] => entry[1] !== undefined)),
  };
}

/** Reads back what `identityInformation` wrote. */
export function readIdentity(value: unknown): UpstreamIdentity | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { providerId, issuer, subject, emailVerified, ...rest } = value as Readonly<Record<string, unknown>>;
  if (typeof providerId !== 'string' || typeof issuer !== 'string' || typeof subject !== 'string') {
    return undefined;
  }
  return {
    providerId,
    issuer,
    subject,
    email: toText(rest['email']),
    emailVerified: emailVerified === true,
    name: toText(rest['name']),
    givenName: toText(rest['givenName']),
    familyName: toText(rest['familyName']),
    locale: toText(rest['locale']),
    amr: toMethods(rest['amr']),
    sid: toText(rest['sid']),
    idToken: toIdToken(rest['idToken']),
  };
}

function toIdToken(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= LONGEST_ID_TOKEN ? value : undefined;
}

function toEmail(value: unknown): string | undefined {
  return typeof value === 'string' && emailFaults(value).length === 0 ? tidyEmail(value) : undefined;
}

function toText(value: unknown): string | undefined {
  if (typeof value !== 'string' || hasNul(value)) return undefined;
  const text = value.trim();
  return text === '' || text.length > LONGEST_TEXT ? undefined : text;
}

function toMethods(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  return value
    .filter((item): item is string => typeof item === 'string' && /^[a-z0-9_-]{1,32}$/i.test(item))
    .slice(0, MOST_METHODS);
}

/** PostgreSQL keeps no such text. */
function hasNul(text: string): boolean {
  return text.includes('\0');
}
