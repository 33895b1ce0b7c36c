import type { JsonValue } from '../json.js';
import type { ClientFeatures } from './client-features.js';

/**
 * Says why authentication by attestation is not offered, undefined when it is, or when another way is meant.
 * @see draft-ietf-oauth-attestation-based-client-auth
 */
export function attestationMethodProblem(
  method: JsonValue,
  { clientAttestation }: Pick<ClientFeatures, 'clientAttestation'>,
): { readonly code: string; readonly detail: string } | undefined {
  if (method !== 'attest_jwt_client_auth' || clientAttestation) return undefined;
  return {
    code: 'metadata_not_supported',
    detail:
      'is "attest_jwt_client_auth", which needs features.client_attestation, which is off. Turn it on in the configuration file, or leave this out.',
  };
}
