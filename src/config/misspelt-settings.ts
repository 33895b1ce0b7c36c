import { closestName } from '../domain/closest-name.js';
import type { ConfigFault } from './config-error.js';
import { ENVIRONMENT_SETTINGS, SECRET_SETTINGS } from './environment-schema.js';
import type { SettingTexts } from './setting-texts.js';

const SECRET_FILES = SECRET_SETTINGS.map((name) => `${name}_FILE`);
const KNOWN = [...ENVIRONMENT_SETTINGS, ...SECRET_FILES];
/** Names as short as PORT have too many neighbours that belong to somebody else. */
const LONG_NAMES = KNOWN.filter((name) => name.length >= 6);

/** Names that mean ours, though they are spelt otherwise. */
const OTHER_NAMES = new Map<string, string>([
  ['ISSUER_URL', 'ISSUER'],
  ['ISSUER_URI', 'ISSUER'],
  ['OIDC_ISSUER', 'ISSUER'],
  ['DATABASE', 'DATABASE_URL'],
  ['DATABASE_DSN', 'DATABASE_URL'],
  ['TRUST_PROXY', 'TRUSTED_PROXIES'],
  ['TRUSTED_PROXY', 'TRUSTED_PROXIES'],
  ['CONFIG_FILE', 'CONFIG'],
  ['CONFIG_PATH', 'CONFIG'],
]);

/** What Kubernetes puts into every container for a service that is called `latchkey` or `latchkey-…`. */
const SERVICE_LINK =
  /^LATCHKEY_(.+_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$/;

/**
 * Finds variables that were surely meant for Latchkey but would have no effect. The environment is shared with other
 * programs, so an unknown name alone is no fault: it must be near one of ours, and that one must not be set.
 */
export function misspeltSettings(
  env: Readonly<Record<string, string | undefined>>,
  texts: SettingTexts,
): readonly ConfigFault[] {
  return Object.entries(env).flatMap(([name, value]) => {
    if (value === undefined || value.trim() === '' || KNOWN.includes(name) || isServiceLink(name, value))
      return [];
    const meant = meantSetting(name);
    if (meant === undefined || texts.has(meant) || texts.has(meant.replace(/_FILE$/, ''))) return [];
    return [{ setting: name, problem: 'is not a setting of Latchkey', remedy: `Did you mean ${meant}?` }];
  });
}

function meantSetting(name: string): string | undefined {
  const prefixed = /^LATCHKEY_(.+)$/.exec(name)?.[1];
  if (prefixed !== undefined) return KNOWN.includes(prefixed) ? prefixed : meantSetting(prefixed);
  return OTHER_NAMES.get(name) ?? closestName(name, LONG_NAMES, 1);
}

function isServiceLink(name: string, value: string): boolean {
  return (
    SERVICE_LINK.test(name) || (/^LATCHKEY_(.+_)?PORT$/.test(name) && /^(tcp|udp|sctp):\/\//.test(value))
  );
}
