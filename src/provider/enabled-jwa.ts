import type { Configuration } from 'oidc-provider';
import { PROOF_ALGORITHMS } from './features/dpop.js';
import {
  demands,
  PROFILE_SIGNING_ALGORITHMS,
  type SecurityProfile,
} from '../domain/profiles/security-profile.js';
import {
  CONTENT_ENCRYPTION_ALGORITHMS,
  KEY_ENCRYPTION_ALGORITHMS,
} from '../domain/clients/client-encryption-rules.js';

const SIGNING = ['RS256', 'ES256', 'EdDSA'] as const;
const VERIFYING = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'] as const;

/** Asymmetric algorithms only: a client secret is never a signing key, and `none` is nothing. */
const ENABLED_JWA = {
  clientAuthSigningAlgValues: [...VERIFYING],
  attestSigningAlgValues: [...VERIFYING],
  dPoPSigningAlgValues: [...PROOF_ALGORITHMS],
  idTokenSigningAlgValues: [...SIGNING],
  requestObjectSigningAlgValues: [...VERIFYING],
  userinfoSigningAlgValues: [...SIGNING],
  introspectionSigningAlgValues: [...SIGNING],
  authorizationSigningAlgValues: [...SIGNING],
  idTokenEncryptionAlgValues: [...KEY_ENCRYPTION_ALGORITHMS],
  idTokenEncryptionEncValues: [...CONTENT_ENCRYPTION_ALGORITHMS],
  userinfoEncryptionAlgValues: [...KEY_ENCRYPTION_ALGORITHMS],
  userinfoEncryptionEncValues: [...CONTENT_ENCRYPTION_ALGORITHMS],
  introspectionEncryptionAlgValues: [...KEY_ENCRYPTION_ALGORITHMS],
  introspectionEncryptionEncValues: [...CONTENT_ENCRYPTION_ALGORITHMS],
  authorizationEncryptionAlgValues: [...KEY_ENCRYPTION_ALGORITHMS],
  authorizationEncryptionEncValues: [...CONTENT_ENCRYPTION_ALGORITHMS],
  // This provider has keys to sign, none to decrypt: nobody can encrypt a request to it.
  requestObjectEncryptionAlgValues: [],
  requestObjectEncryptionEncValues: [],
} satisfies Configuration['enabledJWA'];

/**
 * The algorithms of this provider, without those that the profile of the deployment refuses.
 * @see FAPI 2.0 Security Profile §5.4.1
 */
export function enabledJWA(profile: SecurityProfile | undefined): NonNullable<Configuration['enabledJWA']> {
  if (!demands(profile, 'fapi2')) return ENABLED_JWA;
  const { clientAuthSigningAlgValues, attestSigningAlgValues, ...others } = ENABLED_JWA;
  return {
    ...others,
    clientAuthSigningAlgValues: clientAuthSigningAlgValues.filter(isAlgorithmOfProfile),
    attestSigningAlgValues: attestSigningAlgValues.filter(isAlgorithmOfProfile),
    idTokenSigningAlgValues: others.idTokenSigningAlgValues.filter(isAlgorithmOfProfile),
    requestObjectSigningAlgValues: others.requestObjectSigningAlgValues.filter(isAlgorithmOfProfile),
    userinfoSigningAlgValues: others.userinfoSigningAlgValues.filter(isAlgorithmOfProfile),
    introspectionSigningAlgValues: others.introspectionSigningAlgValues.filter(isAlgorithmOfProfile),
    authorizationSigningAlgValues: others.authorizationSigningAlgValues.filter(isAlgorithmOfProfile),
  };
}

/** Whether FAPI allows signatures by the algorithm. @see FAPI 2.0 Security Profile §5.4.1 */
export function isAlgorithmOfProfile(algorithm: unknown): boolean {
  return PROFILE_SIGNING_ALGORITHMS.some((allowed) => allowed === algorithm);
}

/**
 * What clients get that name no algorithm; the usual RS256 is none of FAPI's.
 * @see OpenID Connect Dynamic Client Registration 1.0 §2
 */
export function defaultAlgorithms(
  profile: SecurityProfile | undefined,
): NonNullable<Configuration['clientDefaults']> {
  if (!demands(profile, 'fapi2')) return {};
  return {
    id_token_signed_response_alg: 'ES256',
    authorization_signed_response_alg: 'ES256',
    introspection_signed_response_alg: 'ES256',
  };
}
