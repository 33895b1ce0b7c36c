import type { X509Certificate } from 'node:crypto';
import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import type { ClientCertificateSettings } from '../../domain/clients/client-certificate.js';
import type { Clock } from '../../domain/clock.js';
import { readCertificateHeader } from '../certificate-header.js';
import { certificateSubjectMatches } from '../certificate-subject.js';

type Feature = NonNullable<NonNullable<Configuration['features']>['mTLS']>;

/**
 * Clients that prove who they are by a certificate, and tokens that only its holder can use. The certificate comes in a
 * header of the proxy that ends TLS; from anybody else `middlewares/trusted-proxies` has taken it away.
 * @see RFC 8705
 */
export function mtls(enabled: boolean, settings: ClientCertificateSettings, clock: Clock): Feature {
  if (!enabled) return { enabled: false };
  const { verification } = settings;
  const certificateOf = createCertificateOf(settings, clock);
  return {
    enabled,
    certificateBoundAccessTokens: true,
    selfSignedTlsClientAuth: true,
    tlsClientAuth: verification.by !== 'nobody',
    getCertificate: certificateOf,
    certificateAuthorized: (ctx) =>
      verification.by === 'proxy' ||
      (verification.by === 'header' && ctx.get(verification.header) === verification.value),
    certificateSubjectMatches: (ctx, key, expected) => {
      const certificate = certificateOf(ctx);
      return certificate !== undefined && certificateSubjectMatches(certificate, key, expected);
    },
  };
}

/** Reads the certificate of a client from a request, once. @returns undefined for none, and for one that has expired */
export function createCertificateOf(
  { header, encoding }: Pick<ClientCertificateSettings, 'header' | 'encoding'>,
  clock: Clock,
): (ctx: Pick<KoaContextWithOIDC, 'get'>) => X509Certificate | undefined {
  const seen = new WeakMap<object, X509Certificate | undefined>();
  return (ctx) => {
    if (!seen.has(ctx)) {
      const certificate = readCertificateHeader(ctx.get(header), encoding);
      seen.set(ctx, certificate && isValidAt(certificate, clock.now()) ? certificate : undefined);
    }
    return seen.get(ctx);
  };
}

/** Also for certificates that nobody verifies: one that has expired is no longer its client's. */
function isValidAt({ validFrom, validTo }: X509Certificate, now: Date): boolean {
  return new Date(validFrom) <= now && now <= new Date(validTo);
}
