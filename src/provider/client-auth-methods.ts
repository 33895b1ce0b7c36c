import type { ClientAuthMethod } from 'oidc-provider';
import type { CertificateVerification } from '../domain/clients/client-certificate.js';

/**
 * How clients may prove who they are here.
 * @see OpenID Connect Core 1.0 §9, RFC 8705 §2, draft-ietf-oauth-attestation-based-client-auth
 */
export function clientAuthMethods(
  { mtls, clientAttestation }: { readonly mtls: boolean; readonly clientAttestation: boolean },
  verification: CertificateVerification,
): ClientAuthMethod[] {
  return [
    'client_secret_basic',
    'client_secret_post',
    'private_key_jwt',
    ...(mtls && verification.by !== 'nobody' ? (['tls_client_auth'] as const) : []),
    ...(mtls ? (['self_signed_tls_client_auth'] as const) : []),
    ...(clientAttestation ? (['attest_jwt_client_auth'] as const) : []),
    'none',
  ];
}
