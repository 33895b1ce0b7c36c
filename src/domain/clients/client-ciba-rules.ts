import type { JsonObject, JsonValue } from '../json.js';
import { CIBA_GRANT } from './client-defaults.js';
import type { ClientFeatures } from './client-features.js';
import { parseWebUri } from './web-uri.js';

interface Problem {
  readonly code: string;
  /** Goes on after the key's name. */
  readonly detail: string;
}

const MODES = ['poll', 'ping'];
const SIGNING = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'];

const CHECKS: ReadonlyMap<string, readonly [(value: JsonValue) => boolean, string]> = new Map([
  [
    'backchannel_token_delivery_mode',
    [(value: JsonValue) => typeof value === 'string' && MODES.includes(value), 'must be "poll" or "ping".'],
  ],
  [
    'backchannel_client_notification_endpoint',
    [
      (value: JsonValue) => typeof value === 'string' && parseWebUri(value)?.protocol === 'https:',
      'must be an absolute https: URI without fragment.',
    ],
  ],
  [
    'backchannel_authentication_request_signing_alg',
    [
      (value: JsonValue) => typeof value === 'string' && SIGNING.includes(value),
      `must be ${SIGNING.map((name) => JSON.stringify(name)).join(' or ')}.`,
    ],
  ],
]);

/** Whether a key of client metadata is about CIBA. @see OpenID Connect CIBA Core 1.0 §4 */
export function isCibaKey(key: string): boolean {
  return CHECKS.has(key);
}

/** Says what is wrong with a single key that is about CIBA, undefined when nothing is. */
export function cibaProblem(key: string, value: JsonValue, features: ClientFeatures): Problem | undefined {
  if (!features.ciba) {
    return {
      code: 'metadata_not_supported',
      detail: 'needs features.ciba, which is off. Turn it on in the configuration file, or leave this out.',
    };
  }
  const [holds, detail] = CHECKS.get(key) ?? [() => true, ''];
  return holds(value) ? undefined : { code: 'invalid_metadata', detail };
}

/** What contradicts itself in metadata whose keys are each sound. @see OpenID Connect CIBA Core 1.0 §4 */
export function cibaContradictions(
  metadata: JsonObject,
  grantTypes: readonly string[],
): readonly (Problem & { readonly key: string })[] {
  const mode = metadata['backchannel_token_delivery_mode'];
  const endpoint = metadata['backchannel_client_notification_endpoint'];
  const code = 'metadata_contradiction';
  if (!grantTypes.includes(CIBA_GRANT)) {
    return [...CHECKS.keys()]
      .filter((key) => metadata[key] !== undefined)
      .map((key) => ({ key, code, detail: `is of no use without the grant type ${CIBA_GRANT}.` }));
  }
  if (mode === undefined) {
    const detail = 'is missing: say whether the client polls or is pinged.';
    return [{ key: 'backchannel_token_delivery_mode', code: 'metadata_missing', detail }];
  }
  const key = 'backchannel_client_notification_endpoint';
  if (mode === 'ping' && endpoint === undefined) {
    return [{ key, code: 'metadata_missing', detail: 'is missing: it is where the client is pinged.' }];
  }
  return mode === 'poll' && endpoint !== undefined
    ? [{ key, code, detail: 'is for backchannel_token_delivery_mode ping only. Leave it out.' }]
    : [];
}
