import type { JsonValue } from '../json.js';
import type { ClientFeatures } from './client-features.js';

/** By the ways to authenticate by attestation, what each needs of the configuration. */
const NEEDED: ReadonlyMap<JsonValue, readonly ('clientAttestation' | 'dpop')[]> = new Map([
  ['attest_jwt_client_auth', ['clientAttestation']],
  ['attest_jwt_client_auth_dpop', ['clientAttestation', 'dpop']],
]);

const SETTINGS = { clientAttestation: 'features.client_attestation', dpop: 'features.dpop' } as const;

/**
 * Says why authentication by attestation is not offered, undefined when it is, or when another way is meant.
 * @see draft-ietf-oauth-attestation-based-client-auth
 */
export function attestationMethodProblem(
  method: JsonValue,
  features: Pick<ClientFeatures, 'clientAttestation' | 'dpop'>,
): { readonly code: string; readonly detail: string } | undefined {
  const off = NEEDED.get(method)?.find((feature) => !features[feature]);
  if (off === undefined) return undefined;
  return {
    code: 'metadata_not_supported',
    detail: `is ${JSON.stringify(method)}, which needs ${SETTINGS[off]}, which is off. Turn it on in the configuration file, or leave this out.`,
  };
}
