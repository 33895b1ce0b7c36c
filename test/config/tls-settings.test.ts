import { withListeningPort } from '../../src/config/issuer.js';
import { faultsOf, read, SECRET } from './sources.js';

const FILES = { '/srv/latchkey/cert.pem': 'a certificate', '/etc/key.pem': 'a key' };
const TLS = { TLS_CERT_FILE: 'cert.pem', TLS_KEY_FILE: '/etc/key.pem' };

test('the server ends TLS itself where both files are named, and is its own issuer by https', () => {
  const config = read(TLS, FILES);
  expect(config.tls).toEqual({ certFile: '/srv/latchkey/cert.pem', keyFile: '/etc/key.pem' });
  expect(config.issuer).toBe('https://localhost:3000');
  expect(read({ ...TLS, PORT: '443' }, FILES).issuer).toBe('https://localhost');
  expect(read({}).tls).toBeUndefined();
});

test('the issuer follows the port that the system gave', () => {
  const config = { ...read({ ...TLS, PORT: '0' }, FILES), secretKeys: [SECRET] as const };
  expect(withListeningPort(config, 8443).issuer).toBe('https://localhost:8443');
});

test.each([
  [{ TLS_CERT_FILE: 'cert.pem' }, 'TLS_KEY_FILE', 'is not set, although TLS_CERT_FILE is'],
  [{ TLS_KEY_FILE: '/etc/key.pem' }, 'TLS_CERT_FILE', 'is not set, although TLS_KEY_FILE is'],
  [{ ...TLS, TLS_CERT_FILE: 'absent.pem' }, 'TLS_CERT_FILE', 'names the file "absent.pem"'],
  [{ ...TLS, ISSUER: 'http://localhost:3000' }, 'ISSUER', 'is http, although this server ends TLS itself'],
])('%j is refused at %s', (env, setting, problem) => {
  expect(faultsOf(env, FILES)).toMatchObject([
    { setting, problem: expect.stringContaining(problem) as string },
  ]);
});
