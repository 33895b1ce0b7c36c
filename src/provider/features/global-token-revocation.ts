import { apiResourceIdentifier } from '../../domain/resources/api-resource.js';
import type { ProtocolSettings } from '../provider-dependencies.js';

/**
 * Where other systems end all that a person has here, for discovery. The REST API answers there, to its own tokens.
 * @see draft-parecki-oauth-global-token-revocation-06 §6
 */
export function globalTokenRevocation({ issuer, features }: Pick<ProtocolSettings, 'issuer' | 'features'>) {
  return {
    global_token_revocation_endpoint: `${apiResourceIdentifier(issuer)}/global-token-revocation`,
    global_token_revocation_endpoint_auth_methods_supported: ['Bearer', ...(features.dpop ? ['DPoP'] : [])],
  };
}
