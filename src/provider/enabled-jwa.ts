import type { Configuration } from 'oidc-provider';

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
} satisfies Configuration['enabledJWA'];
