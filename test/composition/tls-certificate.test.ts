import { once } from 'node:events';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import https from 'node:https';
import type { IncomingMessage } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { TLSSocket } from 'node:tls';
import { listen, type Listening } from '../../src/composition/listen.js';
import { followTlsCertificate, readTlsCertificate } from '../../src/composition/tls-certificate.js';
import { StartupError } from '../../src/composition/startup-error.js';
import { makeCertificate, type TestCertificate } from '../support/certificates.js';

let folder: string;
let files: { certFile: string; keyFile: string };

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'latchkey-tls-'));
  files = { certFile: path.join(folder, 'cert.pem'), keyFile: path.join(folder, 'key.pem') };
});

afterAll(() => rm(folder, { recursive: true }));

const localhost = (): Promise<TestCertificate> =>
  makeCertificate({ name: 'CN=localhost', names: [{ type: 'dns', value: 'localhost' }] });

/** Replaces a file as certificate programs do, in one step. */
async function put(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

/** Asks over a connection of its own. @returns the answer and the serial number of the certificate that was shown */
async function ask({ port }: Listening, ca: string) {
  const request = https.get({ host: 'localhost', port, ca, agent: false, path: '/' });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  if (!(response.socket instanceof TLSSocket)) throw new Error('There is no TLS.');
  const { serialNumber } = response.socket.getPeerCertificate();
  return { text: Buffer.concat((await response.toArray()) as Buffer[]).toString(), serialNumber };
}

test('ends TLS itself, and takes a renewed certificate without a restart', async () => {
  const [first, second] = await Promise.all([localhost(), localhost()]);
  await Promise.all([put(files.certFile, first.pem), put(files.keyFile, first.key)]);
  const listening = await listen(
    'localhost',
    0,
    (_req, res) => res.end('over TLS'),
    undefined,
    readTlsCertificate(files),
  );
  const before = await ask(listening, first.pem);
  expect(before.text).toBe('over TLS');

  const told: string[] = [];
  const heard = { next: (): void => undefined };
  const hear = (message: string): void => {
    told.push(message);
    heard.next();
  };
  const stop = followTlsCertificate(files, listening.tlsServers, { info: hear, warn: hear }, 5);
  const until = (message: string) =>
    new Promise<void>((resolve) => {
      heard.next = () => {
        if (told.at(-1) === message) resolve();
      };
      heard.next();
    });
  // Between the two, the files do not belong together, and the old certificate goes on.
  await put(files.certFile, second.pem);
  await until('the TLS certificate has changed and cannot be used');
  expect((await ask(listening, first.pem)).serialNumber).toBe(before.serialNumber);
  await put(files.keyFile, second.key);
  await until('the TLS certificate was renewed');
  expect((await ask(listening, second.pem)).serialNumber).not.toBe(before.serialNumber);
  stop();
  await listening.drain();
});

test('says which files are at fault', async () => {
  const [one, other] = await Promise.all([localhost(), localhost()]);
  const absent = path.join(folder, 'absent.pem');
  const linesOf = (named: typeof files): string => {
    try {
      readTlsCertificate(named);
      return 'no fault';
    } catch (error) {
      return error instanceof StartupError ? error.lines.join() : String(error);
    }
  };
  expect(linesOf({ ...files, keyFile: absent })).toBe(
    'TLS_KEY_FILE: names a file that cannot be read (ENOENT).',
  );
  await Promise.all([put(files.certFile, one.pem), put(files.keyFile, other.key)]);
  expect(linesOf(files)).toContain('are no certificate and its key');
  await put(files.certFile, 'nothing');
  expect(linesOf(files)).toContain('Name two PEM files');
});
