import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto as never);

/** A certificate of a client, with its forms. */
export interface TestCertificate {
  readonly pem: string;
  /** Its private key. */
  readonly key: string;
  /** DER in base64, as in `x5c` of a JSON Web Key. */
  readonly x5c: string;
  readonly jwk: Record<string, unknown>;
  /** @see RFC 8705 §3.1 */
  readonly thumbprint: string;
}

export interface CertificateOptions {
  /** The least specific part first, as certificates have it. */
  readonly name?: string;
  readonly names?: readonly { readonly type: 'dns' | 'ip' | 'email' | 'url'; readonly value: string }[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** Absent: itself. */
  readonly issuedBy?: TestCertificate;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY = 86_400_000;

/** Makes a certificate. */
export async function makeCertificate(options: CertificateOptions = {}): Promise<TestCertificate> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const { name = 'C=DE, O=Example, CN=api', names = [], issuedBy } = options;
  const certificate = await x509.X509CertificateGenerator.create({
    subject: name,
    issuer: issuedBy ? new x509.X509Certificate(issuedBy.pem).subject : name,
    publicKey: keys.publicKey as never,
    signingKey: (issuedBy ? await importKey(issuedBy.key) : keys.privateKey) as never,
    signingAlgorithm: ALGORITHM,
    notBefore: options.notBefore ?? new Date(Date.now() - DAY),
    notAfter: options.notAfter ?? new Date(Date.now() + DAY),
    extensions: [
      new x509.BasicConstraintsExtension(issuedBy === undefined),
      ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension([...names])]),
    ],
  });
  const der = Buffer.from(certificate.rawData);
  const jwk = await webcrypto.subtle.exportKey('jwk', keys.publicKey);
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  return {
    pem: certificate.toString('pem'),
    key: `-----BEGIN PRIVATE KEY-----\n${pkcs8.toString('base64')}\n-----END PRIVATE KEY-----\n`,
    x5c: der.toString('base64'),
    jwk: { kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y, x5c: [der.toString('base64')] },
    thumbprint: Buffer.from(await webcrypto.subtle.digest('SHA-256', der)).toString('base64url'),
  };
}

function importKey(pem: string) {
  const der = Buffer.from(pem.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64');
  return webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, true, ['sign']);
}
