import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as x509 from '@peculiar/x509';

/** PEM files for a TLS server, and the authority that its clients have to trust. */
export interface CertificateFiles {
  /** Path of the certificate of the authority, for `NODE_EXTRA_CA_CERTS`. */
  readonly authority: string;
  /** Path of the server's certificate. */
  readonly certificate: string;
  /** Path of the server's private key. */
  readonly key: string;
}

/** Makes certificates that only those trust who are told to. */
export interface CertificateAuthority {
  /** PEM. */
  readonly certificate: string;
  /**
   * Issues a certificate for these names.
   * @param names host names or IP addresses; the first is the subject
   * @param options.client makes it one by which a client authenticates itself
   * @returns certificate and private key, PEM
   */
  issue(
    names: readonly [string, ...string[]],
    options?: { readonly client?: boolean; readonly notAfter?: Date },
  ): Promise<{ readonly certificate: string; readonly key: string }>;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;

/** Makes an authority of its own. @see RFC 5280 */
export async function createCertificateAuthority(): Promise<CertificateAuthority> {
  const authorityKeys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const from = new Date(Date.now() - DAY_MS);
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Latchkey test authority',
    serialNumber: '01',
    notBefore: from,
    notAfter: new Date(Date.now() + 365 * DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys: authorityKeys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
  let serial = 1;
  return {
    certificate: authority.toString('pem'),
    async issue(names, { client = false, notAfter = new Date(Date.now() + 90 * DAY_MS) } = {}) {
      const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
      serial += 1;
      const issued = await x509.X509CertificateGenerator.create({
        serialNumber: serial.toString(16).padStart(2, '0'),
        subject: `CN=${names[0]}`,
        issuer: authority.subject,
        notBefore: from,
        notAfter,
        signingAlgorithm: ALGORITHM,
        publicKey: keys.publicKey,
        signingKey: authorityKeys.privateKey,
        extensions: [
          new x509.SubjectAlternativeNameExtension(
            names.map((name) => ({ type: /^[\d.]+$|:/.test(name) ? 'ip' : 'dns', value: name })),
          ),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage[client ? 'clientAuth' : 'serverAuth']]),
        ],
      });
      const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
      return {
        certificate: issued.toString('pem'),
        key: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY'),
      };
    },
  };
}

/** Writes a certificate for `localhost`, and the authority that issued it, into a folder. */
export async function writeCertificateFiles(
  folder: string,
  authority: CertificateAuthority,
): Promise<CertificateFiles> {
  const { certificate, key } = await authority.issue(['localhost', '127.0.0.1']);
  const files = {
    authority: path.join(folder, 'authority.pem'),
    certificate: path.join(folder, 'certificate.pem'),
    key: path.join(folder, 'key.pem'),
  };
  await Promise.all([
    writeFile(files.authority, authority.certificate),
    writeFile(files.certificate, certificate),
    writeFile(files.key, key, { mode: 0o600 }),
  ]);
  return files;
}
