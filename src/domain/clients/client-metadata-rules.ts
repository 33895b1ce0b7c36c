import { lookProblem } from '../branding/client-branding.js';
import type { FieldFault } from '../errors.js';
import type { JsonObject } from '../json.js';
import { SECURITY_PROFILES } from '../profiles/security-profile.js';
import { SIGNING_ALGORITHMS } from '../signing-keys/signing-key.js';
import type { Client } from './client.js';
import { encryptionContradictions, encryptionProblem, isEncryptionKey } from './client-encryption-rules.js';
import {
  certificateContradictions,
  certificateMethodProblem,
  certificateProblem,
  isCertificateKey,
} from './client-certificate-rules.js';
import { attestationMethodProblem } from './client-attestation-rules.js';
import { responseTypeContradictions, responseTypesProblem } from './client-response-type-rules.js';
import { IMPLICIT_GRANT, isFrontChannel } from './response-types.js';
import { cibaContradictions, cibaProblem, isCibaKey } from './client-ciba-rules.js';
import type { ClientFeatures } from './client-features.js';
import { clientTypeRules, grantTypes, tokenEndpointAuthMethod } from './client-defaults.js';
import { SIGNED_RESPONSE_MODES } from './client-profile.js';
import { jwksProblem } from './client-jwks.js';
import { pairwiseContradictions } from './client-pairwise-rules.js';
import {
  emails,
  flag,
  httpsUri,
  oneOf,
  seconds,
  someOf,
  text,
  texts,
  webUri,
  type Check,
} from './metadata-checks.js';

/** Algorithms by which a client may sign; symmetric ones would need its secret in plain text. */
const CLIENT_SIGNING_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'];

/** Characters of the whole metadata as JSON. */
const MAX_METADATA = 65_536;

/** What PostgreSQL's JSON cannot hold: NUL, and halves of a character. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

const RESPONSE_MODES = ['query', 'fragment', 'form_post'];

const CHECKS: ReadonlyMap<string, Check> = new Map([
  ['profile', oneOf(SECURITY_PROFILES)],
  ['client_uri', webUri],
  ['logo_uri', webUri],
  ['policy_uri', webUri],
  ['tos_uri', webUri],
  ['branding', lookProblem],
  ['initiate_login_uri', httpsUri],
  ['contacts', emails],
  ['software_id', text],
  ['software_version', text],
  ['default_max_age', seconds],
  ['require_auth_time', flag],
  ['jwks', jwksProblem],
  ['jwks_uri', webUri],
  ['token_endpoint_auth_signing_alg', oneOf(CLIENT_SIGNING_ALGORITHMS)],
  ['id_token_signed_response_alg', oneOf(SIGNING_ALGORITHMS)],
  ['userinfo_signed_response_alg', oneOf(SIGNING_ALGORITHMS)],
  ['introspection_signed_response_alg', oneOf(SIGNING_ALGORITHMS)],
  ['authorization_signed_response_alg', oneOf(SIGNING_ALGORITHMS)],
  ['request_object_signing_alg', oneOf(CLIENT_SIGNING_ALGORITHMS)],
  ['require_signed_request_object', flag],
  ['require_pushed_authorization_requests', flag],
  ['dpop_bound_access_tokens', flag],
  ['backchannel_logout_session_required', flag],
  ['subject_type', oneOf(['public', 'pairwise'])],
  ['sector_identifier_uri', httpsUri],
  ['authorization_details_types', texts],
]);

type CheckedClient = Pick<Client, 'type' | 'metadata' | 'redirectUris' | 'backchannelLogoutUri'>;

/** Keys that have different values for each type of client, see `metadataFaults`. */
const TYPED_KEYS: ReadonlySet<string> = new Set([
  'grant_types',
  'response_types',
  'token_endpoint_auth_method',
]);

/** Whether the key is one of the further metadata that this provider knows. */
export function isKnownMetadata(key: string): boolean {
  return CHECKS.has(key) || TYPED_KEYS.has(key) || isEncryptionKey(key);
}

/** Keys whose place is elsewhere, and where that is. */
const OWNED_KEYS: ReadonlyMap<string, string> = new Map([
  ['client_id', 'give it as the client id of its own'],
  ['client_name', 'give it as the name'],
  [
    'client_secret',
    'secrets are made by this provider, or declared as client secrets in the configuration file',
  ],
  ['client_secret_expires_at', 'rotate the secret instead'],
  ['client_id_issued_at', 'this provider keeps it'],
  ['registration_access_token', 'this provider keeps it'],
  ['registration_client_uri', 'this provider keeps it'],
  ['redirect_uris', 'give them as redirect URIs'],
  ['post_logout_redirect_uris', 'give them as post-logout redirect URIs'],
  ['backchannel_logout_uri', 'give it as the back-channel logout URI'],
  ['scope', 'give it as the scope'],
  ['application_type', 'it follows from the type'],
]);

/**
 * Checks the further metadata of a client, under the names of RFC 7591 and OpenID Connect Dynamic Client Registration.
 * @param features what is on here
 * @returns every fault, each under `metadata/<key>`
 * @see RFC 7591 §2, OpenID Connect Dynamic Client Registration 1.0 §2
 */
export function metadataFaults(client: CheckedClient, features: ClientFeatures): readonly FieldFault[] {
  const json = JSON.stringify(client.metadata);
  if (json.length > MAX_METADATA || UNSTORABLE.test(json)) {
    const detail = `metadata must be at most ${MAX_METADATA} characters of JSON, without NUL characters.`;
    return [{ field: 'metadata', code: 'invalid_metadata', detail }];
  }
  const rules = clientTypeRules(client.type);
  const offersImplicit =
    rules.redirects && client.type !== 'native' && features.responseTypes.some(isFrontChannel);
  const byType = new Map<string, Check>([
    [
      'grant_types',
      someOf(offersImplicit ? [...rules.allowedGrantTypes, IMPLICIT_GRANT] : rules.allowedGrantTypes),
    ],
    ['token_endpoint_auth_method', oneOf(rules.authMethods)],
    [
      'response_modes',
      someOf(features.jarm ? [...RESPONSE_MODES, ...SIGNED_RESPONSE_MODES] : RESPONSE_MODES),
    ],
  ]);
  const single = Object.entries(client.metadata).flatMap(([key, value]) => {
    if (isEncryptionKey(key)) {
      const problem = encryptionProblem(key, value, features);
      return problem === undefined ? [] : [fault(key, problem.code, problem.detail)];
    }
    const offered = isCertificateKey(key)
      ? certificateProblem(key, value, features)
      : isCibaKey(key)
        ? cibaProblem(key, value, features)
        : key === 'response_types'
          ? responseTypesProblem(value, client.type, features.responseTypes)
          : key === 'token_endpoint_auth_method' &&
            (certificateMethodProblem(value, features) ?? attestationMethodProblem(value, features));
    if (offered) return [fault(key, offered.code, offered.detail)];
    if (isCertificateKey(key) || isCibaKey(key) || key === 'response_types') return [];
    const check = byType.get(key) ?? CHECKS.get(key);
    if (check === undefined) return [unknownKeyFault(key)];
    const problem = check(value);
    return problem === undefined ? [] : [fault(key, 'invalid_metadata', problem)];
  });
  // Keys that contradict each other are worth naming only once each of them is sound.
  return single.length > 0 ? single : contradictions(client);
}

function unknownKeyFault(key: string): FieldFault {
  const place = OWNED_KEYS.get(key);
  if (place !== undefined)
    return fault(key, 'metadata_owned_by_server', `does not belong in the metadata: ${place}.`);
  if (/_encrypt(?:ed|ion)_/.test(key)) {
    return fault(
      key,
      'metadata_not_supported',
      'is not offered: this provider has no keys that anybody could encrypt to. Leave it out.',
    );
  }
  return fault(key, 'metadata_unknown', 'is not client metadata that this provider knows. Leave it out.');
}

function contradictions(client: CheckedClient): readonly FieldFault[] {
  const { metadata } = client;
  const faults: FieldFault[] = [];
  const hasKeys = metadata['jwks'] !== undefined || metadata['jwks_uri'] !== undefined;
  const byAssertion = tokenEndpointAuthMethod(client) === 'private_key_jwt';
  if (metadata['jwks'] !== undefined && metadata['jwks_uri'] !== undefined) {
    faults.push(
      fault('jwks_uri', 'metadata_contradiction', 'and metadata/jwks exclude each other: give one of them.'),
    );
  }
  if (byAssertion && !hasKeys) {
    faults.push(
      fault(
        'jwks',
        'metadata_missing',
        'is missing: private_key_jwt needs jwks or jwks_uri with the public key.',
      ),
    );
  }
  if (metadata['request_object_signing_alg'] !== undefined && !hasKeys) {
    faults.push(
      fault('jwks', 'metadata_missing', 'is missing: signed request objects need jwks or jwks_uri.'),
    );
  }
  if (metadata['token_endpoint_auth_signing_alg'] !== undefined && !byAssertion) {
    faults.push(
      fault(
        'token_endpoint_auth_signing_alg',
        'metadata_contradiction',
        'is for token_endpoint_auth_method private_key_jwt only. Leave it out.',
      ),
    );
  }
  if (metadata['backchannel_logout_session_required'] === true && client.backchannelLogoutUri === undefined) {
    faults.push(
      fault(
        'backchannel_logout_session_required',
        'metadata_contradiction',
        'needs a back-channel logout URI.',
      ),
    );
  }
  const others = [
    ...encryptionContradictions(metadata),
    ...certificateContradictions(metadata, tokenEndpointAuthMethod(client)),
    ...cibaContradictions(metadata, grantTypes(client)),
    ...responseTypeContradictions(client),
    ...pairwiseContradictions(client),
  ];
  return [...faults, ...others.map(({ key, code, detail }) => fault(key, code, detail))];
}

function fault(key: string, code: string, problem: string): FieldFault {
  const field = `metadata/${key}`;
  return { field, code, detail: `${field} ${problem}` };
}

/**
 * Applies changes to metadata: a key with null is taken away, every other one replaced.
 * @see RFC 7396 §2, one level deep
 */
export function mergeMetadata(metadata: JsonObject, changes: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries({ ...metadata, ...changes }).filter(([, value]) => value !== null),
  );
}
