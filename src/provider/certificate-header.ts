import { X509Certificate } from 'node:crypto';
import type { CertificateEncoding } from '../domain/clients/client-certificate.js';

/** Certificates of clients have one or two thousand characters. */
const MAX_CHARACTERS = 16_384;

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * Reads the certificate that a proxy wrote into a header.
 * @returns undefined when there is none, more than one, or something else
 */
export function readCertificateHeader(
  value: string,
  encoding: CertificateEncoding,
): X509Certificate | undefined {
  if (value === '' || value.length > MAX_CHARACTERS) return undefined;
  const content = DECODERS[encoding](value.trim());
  if (content === undefined) return undefined;
  try {
    return new X509Certificate(content);
  } catch {
    return undefined;
  }
}

const DECODERS: Readonly<Record<CertificateEncoding, (value: string) => string | Buffer | undefined>> = {
  rfc9440: (value) => base64(/^:([^:]*):$/.exec(value)?.[1]),
  base64_der: base64,
  url_encoded_pem: pem,
  xfcc: (value) => pem(envoyCertificate(value)),
};

function base64(text: string | undefined): Buffer | undefined {
  return text !== undefined && BASE64.test(text) ? Buffer.from(text, 'base64') : undefined;
}

function pem(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  let decoded: string;
  try {
    decoded = decodeURIComponent(text);
  } catch {
    return undefined;
  }
  const certificates = decoded.match(/-----BEGIN CERTIFICATE-----/g) ?? [];
  return certificates.length === 1 ? decoded : undefined;
}

/**
 * The certificate of the only element: with several, each proxy on the way added one, and only the operator knows which
 * of them speaks of the client.
 * @see https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-forwarded-client-cert
 */
function envoyCertificate(value: string): string | undefined {
  const pairs = [...value.matchAll(/([;,]|^)([A-Za-z]+)=("(?:[^"\\]|\\.)*"|[^;,"]*)/g)];
  const whole = pairs.reduce((length, [pair]) => length + pair.length, 0) === value.length;
  const isSingle = !pairs.some(([, separator]) => separator === ',');
  const certificates = pairs.filter(([, , name]) => name?.toLowerCase() === 'cert');
  if (!whole || !isSingle || certificates.length !== 1) return undefined;
  return certificates[0]?.[3]?.replace(/^"|"$/g, '');
}
