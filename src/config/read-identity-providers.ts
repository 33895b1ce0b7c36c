import type { IdentityProvider } from '../domain/upstream/identity-provider.js';
import type { ConfigFault } from './config-error.js';
import type { ConfigSources } from './config-sources.js';
import type { FileContent } from './file-schema.js';
import { EVERY_TENANT, PRESETS, type Preset } from './identity-provider-presets.js';
import { readSecretFile } from './read-declared-clients.js';

type Entry = FileContent['identity_providers'][number];

const NO_PRESET: Preset = { name: '', type: 'oidc', scopes: ['openid', 'email', 'profile'], logout: true };

/**
 * Takes the other providers from the configuration file, with the secrets that they keep in files of their own.
 * @param rules.allowsSignUp whether people may make accounts here by themselves
 * @param rules.folder absolute path of the configuration file's folder, where relative paths of secrets start
 */
export function readIdentityProviders(
  entries: readonly Entry[],
  rules: {
    readonly allowsSignUp: boolean;
    readonly readFile: ConfigSources['readFile'];
    readonly folder: string;
  },
): { readonly identityProviders: readonly IdentityProvider[]; readonly faults: readonly ConfigFault[] } {
  const faults: ConfigFault[] = [];
  const identityProviders = entries.map((entry, index): IdentityProvider => {
    let clientSecret = entry.client_secret ?? '';
    if (entry.client_secret_file !== undefined) {
      const reading = readSecretFile(entry.client_secret_file, rules.readFile, rules.folder);
      if (typeof reading === 'string') clientSecret = reading;
      else {
        faults.push({ setting: `CONFIG identity_providers[${index}].client_secret_file`, ...reading });
      }
    }
    return toProvider(entry, { clientSecret, allowsSignUp: rules.allowsSignUp });
  });
  return { identityProviders, faults };
}

function toProvider(
  entry: Entry,
  { clientSecret, allowsSignUp }: { readonly clientSecret: string; readonly allowsSignUp: boolean },
): IdentityProvider {
  const preset = entry.preset === undefined ? { ...NO_PRESET } : PRESETS[entry.preset];
  const type = entry.preset === undefined ? (entry.type ?? 'oidc') : preset.type;
  const endpoints = type === 'oauth2' ? endpointsOf(entry, preset) : undefined;
  const issuer = entry.issuer ?? preset.issuer?.replace('{tenant}', entry.tenant ?? EVERY_TENANT) ?? '';
  const { claims = {} } = entry;
  return {
    id: entry.id,
    name: entry.name ?? preset.name,
    type,
    issuer: endpoints?.authorization ?? issuer,
    endpoints,
    clientId: entry.client_id,
    clientSecret,
    scopes: entry.scopes ?? preset.scopes,
    claims: {
      subject: claims.subject ?? preset.claims?.subject ?? 'sub',
      email: claims.email ?? 'email',
      emailVerified: claims.email_verified ?? 'email_verified',
      name: claims.name ?? 'name',
      givenName: claims.given_name ?? 'given_name',
      familyName: claims.family_name ?? 'family_name',
      locale: claims.locale ?? 'locale',
    },
    trustEmail: entry.trust_email === undefined ? 'when_said' : entry.trust_email ? 'always' : 'never',
    emailDomains: entry.email_domains,
    signUp: entry.sign_up === undefined ? allowsSignUp : entry.sign_up === 'allow',
    trustAmr: entry.trust_amr,
    freshSignIn: entry.fresh_sign_in,
    logout: type === 'oidc' && (entry.logout ?? preset.logout),
    logoutReturn: entry.logout_return,
    hidden: entry.hidden,
    privateNetwork: entry.private_network,
  };
}

function endpointsOf(entry: Entry, preset: Preset): NonNullable<IdentityProvider['endpoints']> {
  return {
    authorization: entry.authorization_endpoint ?? preset.endpoints?.authorization ?? '',
    token: entry.token_endpoint ?? preset.endpoints?.token ?? '',
    userinfo: entry.userinfo_endpoint ?? preset.endpoints?.userinfo ?? '',
    emails: entry.emails_endpoint ?? preset.endpoints?.emails,
  };
}
