import { X509Certificate } from 'node:crypto';
import type { CertificateEncoding } from '../../src/domain/clients/client-certificate.js';
import { readCertificateHeader } from '../../src/provider/certificate-header.js';
import { certificateSubjectMatches } from '../../src/provider/certificate-subject.js';
import { makeCertificate, type TestCertificate } from '../support/certificates.js';

let certificate: TestCertificate;
let other: TestCertificate;

beforeAll(async () => {
  certificate = await makeCertificate({
    name: String.raw`C=DE, O=Example \, Ltd, CN=Lučić`,
    names: [
      { type: 'dns', value: 'api.example.com' },
      { type: 'dns', value: '*.example.net' },
      { type: 'ip', value: '2001:db8::1' },
      { type: 'email', value: 'ops@example.com' },
      { type: 'url', value: 'spiffe://example.com/api' },
      { type: 'url', value: 'https://a.example/, URI:https://evil.example' },
    ],
  });
  other = await makeCertificate();
});

const encoded = (pem: string): string => encodeURIComponent(pem);

describe('the certificate in a header', () => {
  it('is read in each form that proxies write', () => {
    const forms: readonly [CertificateEncoding, string][] = [
      ['rfc9440', `:${certificate.x5c}:`],
      ['base64_der', certificate.x5c],
      ['url_encoded_pem', encoded(certificate.pem)],
      // AWS leaves these as they are.
      [
        'url_encoded_pem',
        encoded(certificate.pem).replaceAll('%2B', '+').replaceAll('%3D', '=').replaceAll('%2F', '/'),
      ],
      ['xfcc', `By=spiffe://a;Hash=ab;Cert="${encoded(certificate.pem)}";Subject="CN=a\\"b,O=c";URI=`],
    ];
    for (const [encoding, value] of forms) {
      expect(readCertificateHeader(value, encoding)?.raw.toString('base64')).toBe(certificate.x5c);
    }
  });

  it('is none when it is empty, long, broken, or not alone', () => {
    const pem = encoded(certificate.pem);
    const wrong: readonly [CertificateEncoding, string][] = [
      ...(['rfc9440', 'base64_der', 'url_encoded_pem', 'xfcc'] as const).flatMap((encoding) =>
        ['', ' ', 'x', '%', ':', '::', '""', '(null)', 'Cert=', 'A'.repeat(100_000)].map(
          (value): [CertificateEncoding, string] => [encoding, value],
        ),
      ),
      ['rfc9440', certificate.x5c],
      ['rfc9440', `:${certificate.x5c}:, :${other.x5c}:`],
      ['rfc9440', `:${certificate.x5c.slice(0, 100)}:`],
      ['base64_der', `:${certificate.x5c}:`],
      ['base64_der', `${certificate.x5c}, ${other.x5c}`],
      ['url_encoded_pem', `${pem}${encoded(other.pem)}`],
      ['url_encoded_pem', `${pem}, ${encoded(other.pem)}`],
      ['xfcc', `Cert="${pem}",Cert="${encoded(other.pem)}"`],
      ['xfcc', `Cert="${pem}";Cert="${encoded(other.pem)}"`],
      ['xfcc', `Hash=1,Cert="${pem}"`],
      ['xfcc', `Subject="a;Cert="${pem}"`],
    ];
    for (const [encoding, value] of wrong) {
      expect([encoding, value.slice(0, 60), readCertificateHeader(value, encoding)]).toEqual([
        encoding,
        value.slice(0, 60),
        undefined,
      ]);
    }
  });
});

describe('the name in a certificate (RFC 8705 §2.1.2)', () => {
  it.each([
    ['tls_client_auth_subject_dn', String.raw`CN=Lučić,O=Example \, Ltd,C=DE`, true],
    ['tls_client_auth_subject_dn', String.raw`C=DE,O=Example \, Ltd,CN=Lučić`, false],
    ['tls_client_auth_subject_dn', 'CN=Lučić', false],
    ['tls_client_auth_san_dns', 'api.example.com', true],
    ['tls_client_auth_san_dns', 'API.example.com', true],
    ['tls_client_auth_san_dns', 'a.example.net', false],
    ['tls_client_auth_san_dns', 'Lučić', false],
    ['tls_client_auth_san_ip', '2001:db8:0::1', true],
    ['tls_client_auth_san_ip', '2001:db8::2', false],
    ['tls_client_auth_san_email', 'ops@example.com', true],
    ['tls_client_auth_san_email', 'OPS@example.org', false],
    ['tls_client_auth_san_uri', 'spiffe://example.com/api', true],
    ['tls_client_auth_san_uri', 'spiffe://example.com/API', false],
    ['tls_client_auth_san_uri', 'https://evil.example', false],
    ['tls_client_auth_subject', 'CN=Lučić', false],
    ['tls_client_auth_san_dns', '', false],
  ])('%s %s: %s', (key, expected, matches) => {
    expect(certificateSubjectMatches(new X509Certificate(certificate.pem), key, expected)).toBe(matches);
  });
});
