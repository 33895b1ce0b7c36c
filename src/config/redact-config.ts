import type { Config } from './config.js';
import type { JsonObject, JsonValue } from '../domain/json.js';

const REDACTED = '[redacted]';
/** Names of keys and of URL parameters whose values are secret, wherever they stand. */
const SECRET_NAME = /secret|pass(word|wd|phrase)?$|private_?key|api_?key|(^|_)token$/i;
/** Private members of a JSON Web Key (RFC 7518 §6.2.2, §6.3.2, §6.4.1), where somebody wrote one into a client's `jwks`. */
const PRIVATE_JWK_MEMBERS = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']);

/**
 * Gives a configuration that may be shown: secret keys, client secrets, and passwords within URLs are replaced by
 * `[redacted]`. What is absent becomes null, so that every setting shows.
 */
export function redactConfig(config: Config): JsonObject {
  return asObject(config, redactMember);
}

/**
 * Gives a configuration for printing.
 * @param options.redact false shows every secret in clear
 */
export function printableConfig(config: Config, { redact }: { readonly redact: boolean }): JsonObject {
  return redact ? redactConfig(config) : asObject(config, (_key, value) => value);
}

type Member = (key: string, value: string, parent: object) => string;

function redactMember(key: string, value: string, parent: object): string {
  const privateKeyMember = PRIVATE_JWK_MEMBERS.has(key) && 'kty' in parent;
  return SECRET_NAME.test(key) || privateKeyMember ? REDACTED : redactUrl(value);
}

function asObject(source: object, member: Member): JsonObject {
  return Object.fromEntries(
    Object.entries(source).map(([key, value]) => [key, asJson(key, value, source, member)]),
  );
}

function asJson(key: string, value: unknown, parent: object, member: Member): JsonValue {
  if (typeof value === 'string') return member(key, value, parent);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map((entry) => asJson(key, entry, parent, member));
  if (typeof value === 'object' && value !== null) return asObject(value, member);
  return null;
}

/** Some mail services want one token as both user name and password, so a user name that equals it goes too. */
function redactUrl(text: string): string {
  return text
    .replace(/^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)@/i, (_match, scheme: string, userinfo: string) => {
      const colon = userinfo.indexOf(':');
      if (colon === -1) return `${scheme}${userinfo}@`;
      const user = userinfo.slice(0, colon);
      return `${scheme}${user === userinfo.slice(colon + 1) ? REDACTED : user}:${REDACTED}@`;
    })
    .replace(/([?&])([^=&#]+)=([^&#]*)/g, (match, separator: string, name: string) =>
      SECRET_NAME.test(name) ? `${separator}${name}=${REDACTED}` : match,
    );
}
