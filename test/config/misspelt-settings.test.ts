import { faultsOf, settingsAtFault } from './sources.js';

describe('misspelt variables', () => {
  test.each([
    ['ISSUER_URL', 'ISSUER'],
    ['ISSUERS', 'ISSUER'],
    ['SECRET_KEYS', 'SECRET_KEY'],
    ['SECRETKEY', 'SECRET_KEY'],
    ['SECRET_KEYS_FILE', 'SECRET_KEY_FILE'],
    ['DATABASE_URI', 'DATABASE_URL'],
    ['DATABSE_URL', 'DATABASE_URL'],
    ['TRUSTED_PROXY', 'TRUSTED_PROXIES'],
    ['LOGLEVEL', 'LOG_LEVEL'],
    ['CONFIG_FILE', 'CONFIG'],
    ['LATCHKEY_ISSUER', 'ISSUER'],
    ['LATCHKEY_PORT', 'PORT'],
    ['LATCHKEY_DATABASE_URI', 'DATABASE_URL'],
  ])('%s is refused: did you mean %s?', (name, meant) => {
    expect(faultsOf({ [name]: 'anything' })).toEqual([
      { setting: name, problem: 'is not a setting of Latchkey', remedy: `Did you mean ${meant}?` },
    ]);
  });

  test.each([
    'PATH',
    'POST',
    'PORTS',
    'HOSTS',
    'HTTP_URL',
    'SMTP_SSL',
    'BASE_URL',
    'TEST_DATABASE_URL',
    'LATCHKEY_VERSION',
    'npm_config_cache',
    '__proto__',
    'constructor',
  ])('%s belongs to somebody else', (name) => {
    expect(faultsOf(Object.fromEntries([[name, 'anything']]))).toEqual([]);
  });

  test('variables that Kubernetes makes for a service called latchkey are let be', () => {
    const env = {
      LATCHKEY_SERVICE_HOST: '10.0.0.1',
      LATCHKEY_SERVICE_PORT: '80',
      LATCHKEY_SERVICE_PORT_HTTP: '80',
      LATCHKEY_PORT: 'tcp://10.0.0.1:80',
      LATCHKEY_PORT_80_TCP: 'tcp://10.0.0.1:80',
      LATCHKEY_PORT_80_TCP_ADDR: '10.0.0.1',
      LATCHKEY_POSTGRESQL_PORT: 'tcp://10.0.0.2:5432',
    };
    expect(faultsOf(env)).toEqual([]);
  });

  test('a near name is let be while the setting itself is set, or while it is empty', () => {
    expect(settingsAtFault({ DATABASE_URI: 'x', DATABASE_URL: 'postgres://db' })).toEqual([]);
    expect(settingsAtFault({ ISSUER_URL: '' })).toEqual([]);
  });
});
