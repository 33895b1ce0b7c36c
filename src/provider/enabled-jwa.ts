import type { Configuration } from 'oidc-provider';
import {
  CONTENT_ENCRYPTION_ALGORITHMS,
  KEY_ENCRYPTION_ALGORITHMS,
} from '../domain/clients/client-encryption-rules.js';

const SIGNING = ['RS256', 'ES256', 'EdDSA'] as const;
const VERIFYING = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'] as const;

/** Asymmetric algorithms only: a client secret is never a signing key, and `none` is nothing. */
export const ENABLED_JWA = {
  clientAuthSigningAlgValues: [...VERIFYING],
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
