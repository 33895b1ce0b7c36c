import type { FieldFault } from '../errors.js';
import type { JsonValue } from '../json.js';
import {
  demands,
  missingFeatures,
  PROFILE_SIGNING_ALGORITHMS,
  type ProfileFeatures,
  type SecurityProfile,
} from '../profiles/security-profile.js';
import { parseUrl } from '../url.js';
import { clientTypeRules, provesItselfByKey, tokenEndpointAuthMethod } from './client-defaults.js';
import { profileOf, SIGNED_RESPONSE_MODES } from './client-profile.js';
import type { Client } from './client.js';
import { IMPLICIT_GRANT } from './response-types.js';

type CheckedClient = Pick<Client, 'type' | 'metadata' | 'redirectUris'>;

/**
 * Everything in which a client contradicts the profile that it is held to, see `underProfile`.
 * @param features what is on here; absent: everything that a profile needs
 * @see FAPI 2.0 Security Profile §5.3.2, §5.4.1, FAPI 2.0 Message Signing §5, OAuth 2.1 §1.8, §2.3
 */
export function profileFaults(client: CheckedClient, features?: ProfileFeatures): readonly FieldFault[] {
  const profile = profileOf(client);
  if (profile === undefined) return [];
  const within = (faults: readonly Fault[]): readonly FieldFault[] =>
    faults.map(({ field, problem }) => ({
      field,
      code: 'profile_contradiction',
      detail: `${field} ${problem} (profile ${profile})`,
    }));
  return within([
    ...flowFaults(client),
    ...(features ? featureFaults(client, profile, features) : []),
    ...(demands(profile, 'fapi2')
      ? [...authenticationFaults(client), ...redirectFaults(client), ...metadataFaults(client)]
      : []),
    ...(demands(profile, 'fapi2-message-signing') ? messageFaults(client) : []),
  ]);
}

/**
 * Why a client that was registered under other rules cannot be used under its profile: besides `profileFaults`, that it
 * has no key to prove itself by.
 */
export function profileContradictions(
  client: CheckedClient,
  features?: ProfileFeatures,
): readonly FieldFault[] {
  const { metadata } = client;
  const keyless =
    demands(profileOf(client), 'fapi2') &&
    tokenEndpointAuthMethod(client) === 'private_key_jwt' &&
    metadata['jwks'] === undefined &&
    metadata['jwks_uri'] === undefined;
  const missing = { field: 'metadata/jwks', code: 'metadata_missing', detail: 'metadata/jwks is missing' };
  return [...profileFaults(client, features), ...(keyless ? [missing] : [])];
}

interface Fault {
  readonly field: string;
  /** Goes on after the field's name, without a full stop. */
  readonly problem: string;
}

/** No tokens by way of the browser. */
function flowFaults(client: CheckedClient): readonly Fault[] {
  const faults: Fault[] = [];
  const { metadata } = client;
  const others = strings(metadata['response_types']).filter((type) => type !== 'code');
  if (others.length > 0)
    faults.push({ field: 'metadata/response_types', problem: 'may hold "code" and nothing else' });
  if (strings(metadata['grant_types']).includes(IMPLICIT_GRANT))
    faults.push({ field: 'metadata/grant_types', problem: 'may not hold "implicit"' });
  return faults;
}

function featureFaults(
  { metadata }: CheckedClient,
  profile: SecurityProfile,
  features: ProfileFeatures,
): readonly Fault[] {
  const byCertificate = metadata['tls_client_certificate_bound_access_tokens'] === true;
  const missing = missingFeatures(profile, features, { byCertificate });
  if (missing.length === 0) return [];
  const names = missing.map((name) => `features.${name}`).join(' and ');
  return [
    {
      field: 'metadata/profile',
      problem: `needs ${names} of the configuration file, ${missing.length > 1 ? 'which are' : 'which is'} off`,
    },
  ];
}

function authenticationFaults(client: CheckedClient): readonly Fault[] {
  const methods = clientTypeRules(client.type).authMethods.filter(provesItselfByKey);
  if (methods.length === 0) {
    return [
      {
        field: 'type',
        problem: `${client.type} has no confidential clients, and the profile has no others: use web or service`,
      },
    ];
  }
  if (provesItselfByKey(tokenEndpointAuthMethod(client))) return [];
  return [{ field: 'metadata/token_endpoint_auth_method', problem: `must be ${methods.join(' or ')}` }];
}

/** @see FAPI 2.0 Security Profile §5.3.2.2; RFC 8252 §7.3 on loopback */
function redirectFaults({ type, redirectUris }: CheckedClient): readonly Fault[] {
  return redirectUris.flatMap((uri, index) =>
    type !== 'native' && parseUrl(uri)?.protocol === 'http:'
      ? [{ field: `redirect_uris/${index}`, problem: `${JSON.stringify(uri)} must be https:` }]
      : [],
  );
}

/** Flags that the profile sets, and may not be false. */
const FLAGS = ['require_pushed_authorization_requests'];
const ALGORITHM = /_(signed_response|signing)_alg$/;

function metadataFaults({ metadata }: CheckedClient): readonly Fault[] {
  const faults = FLAGS.filter((key) => metadata[key] === false).map(mayNotBeFalse);
  if (
    metadata['dpop_bound_access_tokens'] === false &&
    metadata['tls_client_certificate_bound_access_tokens'] !== true
  ) {
    faults.push(mayNotBeFalse('dpop_bound_access_tokens'));
  }
  for (const [key, value] of Object.entries(metadata)) {
    if (!ALGORITHM.test(key) || PROFILE_SIGNING_ALGORITHMS.some((name) => name === value)) continue;
    faults.push({
      field: `metadata/${key}`,
      problem: `must be one of ${PROFILE_SIGNING_ALGORITHMS.join(', ')}`,
    });
  }
  return faults;
}

function messageFaults({ metadata }: CheckedClient): readonly Fault[] {
  const faults: Fault[] = [];
  if (metadata['require_signed_request_object'] === false)
    faults.push(mayNotBeFalse('require_signed_request_object'));
  const unsigned = strings(metadata['response_modes']).filter(
    (mode) => !SIGNED_RESPONSE_MODES.some((signed) => signed === mode),
  );
  if (unsigned.length > 0) {
    const modes = SIGNED_RESPONSE_MODES.join(', ');
    faults.push({ field: 'metadata/response_modes', problem: `may hold ${modes} only` });
  }
  return faults;
}

function mayNotBeFalse(key: string): Fault {
  return { field: `metadata/${key}`, problem: 'may not be false' };
}

function strings(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
