import type { X509Certificate } from 'node:crypto';
import {
  CERTIFICATE_SUBJECT_KEYS,
  type CertificateSubjectKey,
} from '../domain/clients/client-certificate-rules.js';
import { isSameDistinguishedName, parseDistinguishedName } from '../domain/clients/distinguished-name.js';

/**
 * Whether a certificate is that of the client that is registered with this value.
 * @param key which metadata the value is that of; any other name matches nothing
 * @see RFC 8705 §2.1.2
 */
export function certificateSubjectMatches(
  certificate: X509Certificate,
  key: string,
  expected: string,
): boolean {
  const known = CERTIFICATE_SUBJECT_KEYS.find((name) => name === key);
  return known !== undefined && expected !== '' && COMPARISONS[known](certificate, expected);
}

const COMPARISONS: Readonly<
  Record<CertificateSubjectKey, (certificate: X509Certificate, expected: string) => boolean>
> = {
  tls_client_auth_subject_dn: hasSubject,
  tls_client_auth_san_dns: (certificate, expected) =>
    certificate.checkHost(expected, { subject: 'never', wildcards: false }) !== undefined,
  tls_client_auth_san_uri: (certificate, expected) => urisOf(certificate).includes(expected),
  tls_client_auth_san_ip: (certificate, expected) => certificate.checkIP(expected) !== undefined,
  tls_client_auth_san_email: (certificate, expected) =>
    certificate.checkEmail(expected, { subject: 'never' }) !== undefined,
};

/** Node tells one part a line, the least specific first, each escaped as RFC 4514 §2.4 says. */
function hasSubject({ subject }: X509Certificate, expected: string): boolean {
  const presented = parseDistinguishedName(subject.split('\n').reverse().join(','));
  const registered = parseDistinguishedName(expected);
  return (
    presented !== undefined && registered !== undefined && isSameDistinguishedName(presented, registered)
  );
}

/** Node writes names that could be mistaken for several as JSON texts (CVE-2021-44532). */
function urisOf({ subjectAltName }: X509Certificate): readonly string[] {
  const entries = (subjectAltName ?? '').matchAll(/(?:^|, )([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^",]*)/g);
  return [...entries].flatMap(([, kind, value = '']) => (kind === 'URI' ? [unquoted(value)] : []));
}

function unquoted(value: string): string {
  return value.startsWith('"') ? String(JSON.parse(value)) : value;
}
