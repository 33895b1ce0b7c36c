import { readFileSync, statSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { errorFields, type Logger } from '../observability/logger.js';
import { StartupError } from './startup-error.js';

/** Where the certificate of this server lies, with the chain below it, and its key; absolute paths of PEM files. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** How often the files are looked at: a certificate is renewed weeks before its end. */
const CHECK_MS = 60_000;

/** What a server is told when the certificate has changed; `tls.Server` is one. */
export interface TlsServer {
  setSecureContext(options: SecureContextOptions): void;
}

/**
 * Reads certificate and key.
 * @throws {StartupError} when they cannot be read, are none, or do not belong together
 */
export function readTlsCertificate({ certFile, keyFile }: TlsFiles): SecureContextOptions {
  const options: SecureContextOptions = {
    cert: readPem(certFile, 'TLS_CERT_FILE'),
    key: readPem(keyFile, 'TLS_KEY_FILE'),
    minVersion: 'TLSv1.2',
  };
  try {
    // It holds the key to the certificate itself.
    createSecureContext(options);
  } catch (error) {
    throw new StartupError(
      [
        `TLS_CERT_FILE and TLS_KEY_FILE: are no certificate and its key (${messageOf(error)}). Name two PEM files, the certificate with its chain and the key that belongs to it.`,
      ],
      { cause: error },
    );
  }
  return options;
}

/**
 * Gives servers the certificate anew whenever its files have changed, so that a renewal needs no restart. Files that do
 * not belong together, as while they are being replaced, change nothing and are tried again.
 * @param checkMs how often the files are looked at
 * @returns a function that ends it
 */
export function followTlsCertificate(
  files: TlsFiles,
  servers: readonly TlsServer[],
  logger: Pick<Logger, 'info' | 'warn'>,
  checkMs = CHECK_MS,
): () => void {
  let known = stateOf(files);
  const timer = setInterval(() => {
    const state = stateOf(files);
    if (state === known) return;
    try {
      const options = readTlsCertificate(files);
      for (const server of servers) server.setSecureContext(options);
      known = state;
      logger.info('the TLS certificate was renewed', { count: daysLeft(options) });
    } catch (error) {
      logger.warn('the TLS certificate has changed and cannot be used', errorFields(error));
    }
  }, checkMs).unref();
  return () => {
    clearInterval(timer);
  };
}

/** Whole days until the certificate ends; negative when it has. */
function daysLeft({ cert }: SecureContextOptions): number {
  return Math.floor((Date.parse(new X509Certificate(String(cert)).validTo) - Date.now()) / 86_400_000);
}

function stateOf({ certFile, keyFile }: TlsFiles): string {
  return [certFile, keyFile]
    .map((file) => {
      const found = statSync(file, { throwIfNoEntry: false });
      return found ? `${found.ino} ${found.size} ${found.mtimeMs}` : 'absent';
    })
    .join(', ');
}

function readPem(file: string, setting: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new StartupError([`${setting}: names a file that cannot be read (${messageOf(error)}).`], {
      cause: error,
    });
  }
}

function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error
    ? String(error.code)
    : 'unknown error';
}
