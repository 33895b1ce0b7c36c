import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { JsonObject, JsonValue } from '../json.js';
import { parseUrl } from '../url.js';
import type { ClientFeatures } from './client-features.js';
import { parseDistinguishedName } from './distinguished-name.js';

/** What of a certificate a client with `tls_client_auth` is known by: exactly one of them. @see RFC 8705 §2.1.2 */
export const CERTIFICATE_SUBJECT_KEYS = [
  'tls_client_auth_subject_dn',
  'tls_client_auth_san_dns',
  'tls_client_auth_san_uri',
  'tls_client_auth_san_ip',
  'tls_client_auth_san_email',
] as const;
export type CertificateSubjectKey = (typeof CERTIFICATE_SUBJECT_KEYS)[number];

const FLAGS = ['tls_client_certificate_bound_access_tokens', 'use_mtls_endpoint_aliases'];

interface Problem {
  readonly code: string;
  /** Goes on after the key's name. */
  readonly detail: string;
}

const FORMS: Readonly<Record<CertificateSubjectKey, readonly [(value: string) => boolean, string]>> = {
  tls_client_auth_subject_dn: [
    (value) => parseDistinguishedName(value) !== undefined,
    'must be a distinguished name with the most specific part first, like "CN=api,O=Example,C=DE"; openssl x509 -noout -subject -nameopt RFC2253 prints it (RFC 4514).',
  ],
  tls_client_auth_san_dns: [
    (value) =>
      /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i.test(
        value,
      ),
    'must be a host name, without wildcards.',
  ],
  tls_client_auth_san_uri: [(value) => parseUrl(value) !== undefined, 'must be an absolute URI.'],
  tls_client_auth_san_ip: [(value) => isIP(value) !== 0, 'must be an IPv4 or IPv6 address.'],
  tls_client_auth_san_email: [
    (value) => /^[^\s@]{1,64}@[^\s@]{1,255}$/.test(value),
    'must be an email address.',
  ],
};

/** Whether a key of client metadata speaks of certificates. */
export function isCertificateKey(key: string): boolean {
  return isSubjectKey(key) || FLAGS.includes(key);
}

/** Says what is wrong with a single key that speaks of certificates, undefined when nothing is. */
export function certificateProblem(
  key: string,
  value: JsonValue,
  features: ClientFeatures,
): Problem | undefined {
  if (!features.mtls) return needs('features.mtls');
  if (!isSubjectKey(key)) {
    return typeof value === 'boolean'
      ? undefined
      : { code: 'invalid_metadata', detail: 'must be true or false.' };
  }
  const [holds, detail] = FORMS[key];
  return typeof value === 'string' && value.length <= 2048 && holds(value)
    ? undefined
    : { code: 'invalid_metadata', detail };
}

/** Says why a way to authenticate is not offered, undefined when it is. @see RFC 8705 §2 */
export function certificateMethodProblem(method: JsonValue, features: ClientFeatures): Problem | undefined {
  if (method !== 'tls_client_auth' && method !== 'self_signed_tls_client_auth') return undefined;
  if (!features.mtls) return needs('features.mtls', `is ${JSON.stringify(method)}, which `);
  if (method === 'self_signed_tls_client_auth' || features.tlsClientAuth) return undefined;
  return {
    code: 'metadata_not_supported',
    detail:
      'is "tls_client_auth", but nobody verifies chains of certificates. Set mtls.verification in the configuration file, or use "self_signed_tls_client_auth".',
  };
}

/** What contradicts itself in metadata whose keys are each sound. @see RFC 8705 §2.1.2, §2.2.2 */
export function certificateContradictions(
  metadata: JsonObject,
  method: string,
): readonly (Problem & { readonly key: string })[] {
  const given = CERTIFICATE_SUBJECT_KEYS.filter((key) => metadata[key] !== undefined);
  if (method === 'self_signed_tls_client_auth') {
    const problem = registeredCertificateProblem(metadata);
    if (problem !== undefined) return [{ key: 'jwks', ...problem }];
  }
  if (method !== 'tls_client_auth') {
    return given.map((key) => ({
      key,
      code: 'metadata_contradiction',
      detail: 'is for token_endpoint_auth_method tls_client_auth only. Leave it out.',
    }));
  }
  if (given.length === 1) return [];
  const detail = given.length === 0 ? 'is missing' : 'is not alone';
  return [
    {
      key: given[1] ?? 'tls_client_auth_subject_dn',
      code: given.length === 0 ? 'metadata_missing' : 'metadata_contradiction',
      detail: `${detail}: tls_client_auth needs exactly one of ${CERTIFICATE_SUBJECT_KEYS.join(', ')}.`,
    },
  ];
}

/** Keys behind `jwks_uri` are seen only when they are needed. */
function registeredCertificateProblem({ jwks, jwks_uri: jwksUri }: JsonObject): Problem | undefined {
  if (jwks === undefined && jwksUri !== undefined) return undefined;
  const keys = isObject(jwks) && Array.isArray(jwks['keys']) ? (jwks['keys'] as readonly JsonValue[]) : [];
  const chains = keys.flatMap((key) => (isObject(key) && key['x5c'] !== undefined ? [key['x5c']] : []));
  if (chains.length === 0) {
    return {
      code: 'metadata_missing',
      detail:
        'has no certificate: self_signed_tls_client_auth needs jwks or jwks_uri with a key whose "x5c" holds the certificate.',
    };
  }
  return chains.every(isChain)
    ? undefined
    : {
        code: 'invalid_metadata',
        detail: 'has an "x5c" that is not a list of certificates, DER in base64 (RFC 7517 §4.7).',
      };
}

function isChain(value: JsonValue): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((entry) => typeof entry === 'string' && isCertificate(entry))
  );
}

function isCertificate(base64: string): boolean {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64')).raw.length > 0;
  } catch {
    return false;
  }
}

function needs(setting: string, prefix = ''): Problem {
  return {
    code: 'metadata_not_supported',
    detail: `${prefix}needs ${setting}, which is off. Turn it on in the configuration file, or leave this out.`,
  };
}

function isSubjectKey(key: string): key is CertificateSubjectKey {
  return CERTIFICATE_SUBJECT_KEYS.some((known) => known === key);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
