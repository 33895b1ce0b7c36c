import type { Config } from '../../src/config/config.js';
import { printableConfig, redactConfig } from '../../src/config/redact-config.js';
import { OTHER_SECRET, SECRET, readFileText } from './sources.js';

const FILE = `
clients:
  - client_id: a
    redirect_uris: ['https://me:marker-1@a.example.com/cb', 'https://a.example.com/cb?client_secret=marker-2&x=1']
    client_secrets: [marker-3, marker-4]
    metadata:
      token_endpoint_auth_method: private_key_jwt
      software_secret: marker-5
      jwks: { keys: [{ kty: EC, crv: P-256, x: public-x, y: public-y, d: marker-6 }] }
branding: { name: Acme }
`;

const config: Config = {
  ...readFileText(FILE),
  secretKeys: [SECRET, OTHER_SECRET],
  databaseUrl: 'postgres://latchkey:marker-7@db.example.com/latchkey?sslmode=require&password=marker-8',
  redisUrl: 'redis://:marker:9@cache.example.com',
  smtpUrl: 'smtp://marker-10:marker-10@mail.example.com',
};

describe('redactConfig', () => {
  test('shows no secret, wherever it stands', () => {
    const text = JSON.stringify(redactConfig(config));
    expect(text).not.toContain('marker');
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(OTHER_SECRET);
  });

  test('keeps what is no secret', () => {
    expect(redactConfig(config)).toMatchObject({
      secretKeys: ['[redacted]', '[redacted]'],
      databaseUrl:
        'postgres://latchkey:[redacted]@db.example.com/latchkey?sslmode=require&password=[redacted]',
      redisUrl: 'redis://:[redacted]@cache.example.com',
      smtpUrl: 'smtp://[redacted]:[redacted]@mail.example.com',
      mailFrom: null,
      passwordPolicy: { minLength: 15 },
      keys: { rotationDays: 90, cacheSeconds: 300, publishSeconds: 3_600 },
      branding: { name: 'Acme' },
      clients: [
        {
          clientId: 'a',
          clientSecrets: ['[redacted]', '[redacted]'],
          metadata: {
            token_endpoint_auth_method: 'private_key_jwt',
            jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'public-x', y: 'public-y', d: '[redacted]' }] },
          },
        },
      ],
    });
  });

  test('shows every setting, absent ones as null, and survives JSON', () => {
    const redacted = redactConfig(config);
    expect(Object.keys(redacted)).toEqual(Object.keys(config));
    expect(JSON.parse(JSON.stringify(redacted))).toEqual(redacted);
  });
});

describe('printableConfig', () => {
  test('redacts when asked to', () => {
    expect(printableConfig(config, { redact: true })).toEqual(redactConfig(config));
  });

  test('shows all otherwise', () => {
    expect(printableConfig(config, { redact: false })).toMatchObject({
      secretKeys: [SECRET, OTHER_SECRET],
      databaseUrl: config.databaseUrl,
      mailFrom: null,
    });
  });
});
