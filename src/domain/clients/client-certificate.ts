/**
 * How a proxy writes the certificate of a client into a header.
 * - `rfc9440`: `Client-Cert` of RFC 9440 §2.2
 * - `url_encoded_pem`: nginx (`$ssl_client_escaped_cert`), AWS load balancers
 * - `base64_der`: HAProxy (`ssl_c_der,base64`), Traefik
 * - `xfcc`: `X-Forwarded-Client-Cert` of Envoy, with `Cert`
 */
export const CERTIFICATE_ENCODINGS = ['rfc9440', 'url_encoded_pem', 'base64_der', 'xfcc'] as const;
export type CertificateEncoding = (typeof CERTIFICATE_ENCODINGS)[number];

/** Who vouches that a certificate was issued by an authority that the operator trusts. */
export type CertificateVerification =
  | { readonly by: 'nobody' }
  /** The proxy lets no other certificates through. */
  | { readonly by: 'proxy' }
  /** The proxy lets all through and tells in a header which ones it has verified. */
  | { readonly by: 'header'; readonly header: string; readonly value: string };

/** How certificates of clients come here: in headers of a trusted proxy, which ends TLS. @see RFC 8705 §7.4 */
export interface ClientCertificateSettings {
  /** In lower case. */
  readonly header: string;
  readonly encoding: CertificateEncoding;
  readonly verification: CertificateVerification;
  /** The origin at which clients present certificates; absent: the issuer itself. @see RFC 8705 §5 */
  readonly endpoint: string | undefined;
}

/** The headers that count only from a trusted proxy, in lower case. */
export function certificateHeaders({ header, verification }: ClientCertificateSettings): readonly string[] {
  return verification.by === 'header' ? [header, verification.header] : [header];
}
