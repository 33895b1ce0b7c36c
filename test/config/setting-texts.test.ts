import { OTHER_SECRET, PRODUCTION, SECRET, faultsOf, read, settingsAtFault, sources } from './sources.js';
import { ConfigError } from '../../src/config/config-error.js';
import { readConfig } from '../../src/config/read-config.js';

describe('secrets from files', () => {
  test('each secret can come from a file, whose last line feed does not count', () => {
    const config = read(
      {
        SECRET_KEY_FILE: '/run/secrets/key',
        DATABASE_URL_FILE: '/run/secrets/db',
        REDIS_URL_FILE: 'redis',
        SMTP_URL_FILE: '/run/secrets/smtp',
      },
      {
        '/run/secrets/key': `${SECRET},${OTHER_SECRET}\r\n`,
        '/run/secrets/db': 'postgres://db/latchkey\n',
        '/srv/latchkey/redis': 'redis://cache\n\n',
        '/run/secrets/smtp': 'smtp://mail',
      },
    );
    expect(config).toMatchObject({
      secretKeys: [SECRET, OTHER_SECRET],
      databaseUrl: 'postgres://db/latchkey',
      redisUrl: 'redis://cache',
      smtpUrl: 'smtp://mail',
    });
  });

  test('satisfy production', () => {
    expect(
      read({ ...PRODUCTION, SECRET_KEY: undefined, SECRET_KEY_FILE: '/k' }, { '/k': SECRET }).secretKeys,
    ).toEqual([SECRET]);
  });

  test('a variable and its file exclude each other', () => {
    const faults = faultsOf({ SECRET_KEY: SECRET, SECRET_KEY_FILE: '/k' }, { '/k': OTHER_SECRET });
    expect(faults).toEqual([
      {
        setting: 'SECRET_KEY_FILE',
        problem: 'is set, and so is SECRET_KEY',
        remedy: 'Set only one of the two.',
      },
    ]);
  });

  test('a missing file is one fault, not also a missing setting', () => {
    expect(settingsAtFault({ ...PRODUCTION, SECRET_KEY: '', SECRET_KEY_FILE: '/missing' })).toEqual([
      'SECRET_KEY_FILE',
    ]);
  });

  test('an empty file is a fault', () => {
    expect(faultsOf({ SECRET_KEY_FILE: '/k' }, { '/k': '\n' })[0]?.problem).toBe('names an empty file');
  });

  test('a wrong value from a file is a fault of the setting', () => {
    expect(settingsAtFault({ SECRET_KEY_FILE: '/k' }, { '/k': 'short' })).toEqual(['SECRET_KEY']);
  });

  test.each([
    ['EACCES', 'which this user may not read'],
    ['EISDIR', 'which is a folder'],
    ['EIO', 'cannot be read (EIO)'],
    [undefined, 'cannot be read (unknown error)'],
  ])('says why a file cannot be read: %s', (code, problem) => {
    const failing = {
      ...sources({ CONFIG: '/etc/latchkey.yaml' }),
      readFile: () => {
        throw code === undefined ? new Error('?') : Object.assign(new Error('?'), { code });
      },
    };
    expect.assertions(1);
    try {
      readConfig(failing);
    } catch (error) {
      expect(error instanceof ConfigError && error.faults[0]?.problem).toContain(problem);
    }
  });
});

describe('addresses of services', () => {
  test.each([
    'postgres://db',
    'postgresql://latchkey:p%40ss@db.example.com:5432/latchkey?sslmode=verify-full',
    'postgresql://postgres@/latchkey?host=/tmp/latchkey',
    'postgresql://%2Ftmp%2Flatchkey/latchkey',
    'postgres:///latchkey',
  ])('DATABASE_URL %s is allowed', (url) => {
    expect(read({ DATABASE_URL: url }).databaseUrl).toBe(url);
  });

  test.each([
    ['DATABASE_URL', 'mysql://u:hunter22@db/latchkey', 'does not begin with postgres:// or postgresql://'],
    ['DATABASE_URL', 'hunter22', 'does not begin with'],
    ['DATABASE_URL', 'postgres://u:hunter22#x@db/latchkey', 'has an @ or # behind its host'],
    ['DATABASE_URL', 'postgres://u:12/hunter22@db/latchkey', 'has an @ or # behind its host'],
    ['DATABASE_URL', 'postgres://u:12?hunter22@db/latchkey', 'has an @ or # behind its host'],
    ['DATABASE_URL', 'postgres://u:hunter22%zz@db/latchkey', 'percent-encoded'],
    ['DATABASE_URL', 'postgres://db:hunter22/latchkey', 'is not a URL'],
    ['DATABASE_URL', 'postgres://u:hunter22 @db/latchkey', 'is not a URL'],
    ['REDIS_URL', 'http://:hunter22@redis', 'does not begin with redis:// or rediss://'],
    ['REDIS_URL', 'redis:///0', 'names no host'],
    ['REDIS_URL', 'redis+sentinel://:hunter22@s-1/my/group/0', 'does not name the group of its Sentinels'],
    ['REDIS_URL', 'redis://:hunter22#@redis', 'has an @ or # behind its host'],
    ['REDIS_URL', 'redis://:hunter22@redis/sessions', 'something else than the number of a database'],
    ['REDIS_URL', 'redis://redis?password=hunter22', 'has a query'],
    ['REDIS_URL', 'redis://:hunter22@a,b', 'names several hosts'],
    ['REDIS_URL', 'redis+cluster://:hunter22@a,b/1', 'names a database, and a Cluster has only number 0'],
    ['REDIS_URL', 'redis+cluster://:hunter22@a,', 'names no host'],
    ['REDIS_URL', 'redis+cluster://:hunter22@a,b:x', 'is not a URL'],
    ['REDIS_URL', 'redis+sentinel://:hunter22@a', 'does not name the group of its Sentinels'],
    ['REDIS_URL', 'redis+proxy://:hunter22@a', 'does not begin with redis:// or rediss://'],
    ['SMTP_URL', 'mail.example.com:25', 'does not begin with smtp:// or smtps://'],
  ])('%s %s is refused without repeating it', (setting, url, problem) => {
    const faults = faultsOf({ [setting]: url });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ setting, problem: expect.stringContaining(problem) as string });
    expect(JSON.stringify(faults)).not.toContain('hunter22');
  });

  test.each([
    'redis://cache',
    'redis://:p%40ss@cache:6380/3',
    'rediss://user:pass@[::1]:6379/',
    'rediss+sentinel://:p%40ss@s-1,s-2:26380/my-group',
    'redis+sentinel://s-1/my.group/3',
    'redis+cluster://cache',
    'rediss+cluster://user:pass@a:7000,b:7001,[::1]:7002/0',
  ])('REDIS_URL %s is accepted', (url) => {
    expect(faultsOf({ REDIS_URL: url })).toEqual([]);
  });
});
