import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ConfigError, formatConfigFaults } from '../../src/config/config-error.js';
import { readConfig } from '../../src/config/read-config.js';
import { PRODUCTION, SECRET, faultsOf, read, settingsAtFault, sources } from './sources.js';

describe('defaults', () => {
  test.each(['open', 'invitation'])('production without mail refuses sign_up.mode %s', (mode) => {
    const files = { '/srv/latchkey/latchkey.yaml': `sign_up: { mode: ${mode} }` };
    const settings = { ...PRODUCTION, CONFIG: 'latchkey.yaml' };
    expect(faultsOf(settings, files)).toMatchObject([{ setting: 'sign_up.mode' }]);
    const mail = { SMTP_URL: 'smtps://mail.example.com', MAIL_FROM: 'sign-in@example.com' };
    expect(read({ ...settings, ...mail }, files).signUp.mode).toBe(mode);
  });

  test('an empty environment is a development server on this machine', () => {
    expect(read({})).toEqual({
      mode: 'development',
      clientRegistration: {
        mode: 'off',
        policy: {
          redirectHosts: [],
          scopes: ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'],
          resources: [],
          grantTypes: ['authorization_code', 'refresh_token'],
        },
        perNetwork: 20,
        unusedDays: 7,
        maxUnused: 1000,
      },
      authorizationDetailTypes: [],
      clientDocuments: {
        hosts: [],
        policy: {
          redirectHosts: [],
          scopes: ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'],
          resources: [],
          grantTypes: ['authorization_code', 'refresh_token'],
        },
      },
      issuer: 'http://localhost:3000',
      host: 'localhost',
      port: 3000,
      databaseUrl: undefined,
      dataDir: '/srv/latchkey/data',
      drainSeconds: 0,
      redisUrl: undefined,
      smtpUrl: undefined,
      mailFrom: undefined,
      mail: { available: true },
      secretKeys: undefined,
      trustedProxies: [],
      logLevel: 'info',
      tracing: undefined,
      metrics: { token: undefined, host: 'localhost', port: undefined },
      clients: [],
      scopes: [],
      resources: [],
      roles: [],
      groups: [],
      branding: {
        name: 'Latchkey',
        accent: undefined,
        radius: undefined,
        font: undefined,
        logo: undefined,
        logoDark: undefined,
        favicon: undefined,
        remoteImages: {},
        helpUrl: undefined,
        privacyUrl: undefined,
        termsUrl: undefined,
      },
      viewsDir: undefined,
      secondFactor: { policy: 'optional', roles: [], rememberDays: 30 },
      requireVerifiedEmail: false,
      lifetimes: {
        sessionSeconds: 28_800,
        sessionAbsoluteSeconds: 86_400,
        accessTokenSeconds: 900,
        idTokenSeconds: 3_600,
        refreshTokenSeconds: 1_209_600,
        grantSeconds: 2_592_000,
        authorizationCodeSeconds: 60,
        deviceCodeSeconds: 600,
        interactionSeconds: 1_800,
      },
      features: {
        deviceFlow: true,
        introspection: true,
        revocation: true,
        clientCredentials: true,
        pushedAuthorizationRequests: true,
        dpop: true,
        requestObjects: false,
        jarm: false,
        jwtUserinfo: false,
        jwtIntrospection: false,
        encryption: false,
        tokenExchange: false,
        mtls: false,
        jwtBearer: false,
        ciba: false,
        clientAttestation: false,
        responseTypes: [],
      },
      signUp: { mode: 'off', emailDomains: [] },
      passwordPolicy: { minLength: 15 },
      accounts: { deletionGraceDays: 7 },
      identityProviders: [],
      tokenExchange: [],
      trustedIssuers: [],
      clientAttesters: [],
      mtls: {
        header: 'client-cert',
        encoding: 'rfc9440',
        verification: { by: 'nobody' },
        endpoint: undefined,
      },
      keys: { rotationDays: 90, cacheSeconds: 300, publishSeconds: 3_600 },
    });
  });

  test('an empty variable counts as unset, white space around a value does not count', () => {
    expect(read({ ISSUER: '', PORT: ' ', NODE_ENV: '', SECRET_KEY: '' })).toEqual(read({}));
    expect(read({ PORT: ' 8080\n' }).port).toBe(8080);
  });

  test('the issuer follows the port', () => {
    expect(read({ PORT: '4000' }).issuer).toBe('http://localhost:4000');
    expect(read({ PORT: '80' }).issuer).toBe('http://localhost');
  });

  test('production listens on every address', () => {
    expect(read(PRODUCTION)).toMatchObject({
      mode: 'production',
      host: '0.0.0.0',
      drainSeconds: 5,
      secretKeys: [SECRET],
    });
  });

  test('an absolute DATA_DIR stays as it is', () => {
    expect(read({ DATA_DIR: '/var/lib/latchkey' }).dataDir).toBe('/var/lib/latchkey');
  });
});

describe('production', () => {
  test('requires an issuer, a database and a secret key, all told at once', () => {
    expect(settingsAtFault({ NODE_ENV: 'production' })).toEqual(['ISSUER', 'DATABASE_URL', 'SECRET_KEY']);
  });

  test('tells how to make a secret key', () => {
    const [fault] = faultsOf({ ...PRODUCTION, SECRET_KEY: '' });
    expect(fault).toMatchObject({ setting: 'SECRET_KEY', remedy: 'Make one with: openssl rand -base64 32' });
  });

  test('an unknown mode is held to the rules of production', () => {
    const faults = faultsOf({ NODE_ENV: 'prod' });
    expect(faults.map((fault) => fault.setting)).toEqual([
      'NODE_ENV',
      'ISSUER',
      'DATABASE_URL',
      'SECRET_KEY',
    ]);
    expect(faults[0]?.remedy).toBe('Did you mean production?');
  });

  test('test and development need no secret key', () => {
    expect(read({ NODE_ENV: 'test' }).secretKeys).toBeUndefined();
    expect(read({ NODE_ENV: 'development' }).secretKeys).toBeUndefined();
  });

  test('a mail server needs a sender', () => {
    expect(settingsAtFault({ ...PRODUCTION, SMTP_URL: 'smtp://mail.example.com' })).toEqual(['MAIL_FROM']);
    expect(settingsAtFault({ SMTP_URL: 'smtp://mail.example.com' })).toEqual([]);
  });
});

describe('all faults', () => {
  const env = {
    NODE_ENV: 'production',
    ISSUER: 'http://id.example.com',
    HOST: 'http://0.0.0.0',
    PORT: 'http',
    DATABASE_URL: 'mysql://db',
    REDIS_URL: 'redis.example.com',
    SMTP_URL: 'https://mail',
    MAIL_FROM: 'nobody',
    SECRET_KEY: 'short',
    TRUSTED_PROXIES: 'nginx',
    LOG_LEVEL: 'verbose',
    DRAIN_SECONDS: 'five',
    CONFIG: 'missing.yaml',
    TRUSTED_PROXY: '10.0.0.1',
  };

  test('are reported at once, in the order of the documentation', () => {
    expect(settingsAtFault(env)).toEqual([
      'ISSUER',
      'HOST',
      'PORT',
      'DATABASE_URL',
      'REDIS_URL',
      'SMTP_URL',
      'MAIL_FROM',
      'SECRET_KEY',
      'TRUSTED_PROXIES',
      'LOG_LEVEL',
      'DRAIN_SECONDS',
      'CONFIG',
    ]);
  });

  test('of the environment and of the file come together', () => {
    const file = { '/srv/latchkey/l.yaml': 'clientz: []' };
    expect(settingsAtFault({ PORT: 'x', CONFIG: 'l.yaml' }, file)).toEqual(['PORT', 'CONFIG clientz']);
  });

  test('are written one to a line with their remedies', () => {
    const error = new ConfigError(faultsOf({ PORT: '99999', LOG_LEVEL: 'warning' }));
    expect(formatConfigFaults(error)).toBe(
      'PORT: "99999" is not a whole number from 0 to 65535. Set it to the port to listen on, for instance 3000.\n' +
        'LOG_LEVEL: "warning" is not one of trace, debug, info, warn, error, fatal, silent. Did you mean warn?',
    );
    expect(error).toMatchObject({ code: 'config_invalid', message: 'The configuration has 2 faults.' });
  });

  test('a fault never spans lines and never carries control characters', () => {
    const lines = formatConfigFaults(new ConfigError(faultsOf({ PORT: 'a\nb\u001b[31m', HOST: 'x\r\ny' })));
    expect(lines.split('\n')).toHaveLength(2);
    expect(lines).not.toContain('\u001b');
  });
});

describe('purity', () => {
  test('nothing but the argument counts', () => {
    const before = process.env['ISSUER'];
    process.env['ISSUER'] = 'https://elsewhere.example.com';
    try {
      expect(read({}).issuer).toBe('http://localhost:3000');
    } finally {
      if (before === undefined) delete process.env['ISSUER'];
      else process.env['ISSUER'] = before;
    }
  });

  test('only files that a setting names are read, and the environment is not changed', () => {
    const asked: string[] = [];
    const { readFile, ...rest } = sources(Object.freeze({ CONFIG: 'a.json', SECRET_KEY_FILE: '/run/s' }), {
      '/srv/latchkey/a.json': '{}',
      '/run/s': SECRET,
    });
    readConfig({
      ...rest,
      readFile: (file) => {
        asked.push(file);
        return readFile(file);
      },
    });
    expect(asked.toSorted()).toEqual(['/run/s', '/srv/latchkey/a.json']);
  });

  test('only load-config.ts touches the environment, and only it and development-secret.ts the disk', () => {
    const folder = path.resolve(import.meta.dirname, '../../src/config');
    const using = (text: string) =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.ts'))
        .filter((name) => readFileSync(path.join(folder, name), 'utf8').includes(text));
    expect(using('process.env')).toEqual(['load-config.ts']);
    expect(using("'node:fs'")).toEqual(['development-secret.ts', 'load-config.ts']);
  });
});
