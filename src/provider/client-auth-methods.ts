import type { ClientAuthMethod } from 'oidc-provider';
import type { CertificateVerification } from '../domain/clients/client-certificate.js';
import type { TokenEndpointAuthMethod } from '../domain/clients/client-defaults.js';

/**
 * How clients may prove who they are here.
 * @see OpenID Connect Core 1.0 §9, RFC 8705 §2, draft-ietf-oauth-attestation-based-client-auth
 */
export function clientAuthMethods(
  on: { readonly mtls: boolean; readonly clientAttestation: boolean; readonly dpop: boolean },
  verification: CertificateVerification,
): ClientAuthMethod[] {
  const methods: TokenEndpointAuthMethod[] = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'];
  if (on.mtls && verification.by !== 'nobody') methods.push('tls_client_auth');
  if (on.mtls) methods.push('self_signed_tls_client_auth');
  if (on.clientAttestation) methods.push('attest_jwt_client_auth');
  if (on.clientAttestation && on.dpop) methods.push('attest_jwt_client_auth_dpop');
  methods.push('none');
  return methods.map(toLibraryMethod);
}

/** The method as the library takes it; it knows all of them, and its types lack `attest_jwt_client_auth_dpop`. */
export function toLibraryMethod(method: TokenEndpointAuthMethod): ClientAuthMethod {
  return method as ClientAuthMethod;
}
