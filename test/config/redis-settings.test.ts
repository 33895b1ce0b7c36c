import { faultsOf, read } from './sources.js';

const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const FILES = { '/srv/latchkey/ca.pem': PEM, '/srv/latchkey/key.pem': '-----BEGIN PRIVATE KEY-----' };
const TLS = { REDIS_URL: 'rediss+cluster://redis.example.com', REDIS_CA_FILE: 'ca.pem' };

test('the authority of Redis is read from its file', () => {
  expect(read(TLS, FILES).redisAuthorities).toBe(PEM);
  expect(read({}).redisAuthorities).toBeUndefined();
});

test.each([
  [{ REDIS_CA_FILE: 'ca.pem' }, 'although REDIS_URL does not ask for TLS'],
  [{ ...TLS, REDIS_URL: 'redis://redis.example.com' }, 'although REDIS_URL does not ask for TLS'],
  [{ ...TLS, REDIS_CA_FILE: 'absent.pem' }, 'names the file "absent.pem"'],
  [{ ...TLS, REDIS_CA_FILE: 'key.pem' }, 'names a file without a certificate'],
])('%j is refused', (env, problem) => {
  expect(faultsOf(env, FILES)).toMatchObject([
    { setting: 'REDIS_CA_FILE', problem: expect.stringContaining(problem) as string },
  ]);
});
