import { randomBytes } from 'node:crypto';
import { createLogger, errorFields, type LogFields } from '../../src/observability/logger.js';
import { DomainError } from '../../src/domain/errors.js';

function createLog(level = 'debug') {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ level, destination });
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> };
}

/** What code that the compiler does not see could hand over. */
const unchecked = (fields: Readonly<Record<string, unknown>>): LogFields => fields;

describe('a line', () => {
  test('is one line of JSON with its level, time, event and fields, and nothing of the machine', () => {
    const { logger, lines, last } = createLog();
    logger.warn('back-channel logout failed', { clientId: 'shop', status: 502 });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\{[^\n]*\}\n$/);
    expect(last()).toEqual({
      level: 40,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
      msg: 'back-channel logout failed',
      clientId: 'shop',
      status: 502,
    });
  });

  test('is written from the level on that was asked for', () => {
    const { logger, lines } = createLog('warn');
    for (const level of ['debug', 'info', 'warn', 'error'] as const) logger[level](level);
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['warn', 'error']);
  });

  test('cannot be split or forged by what is in a field', () => {
    const { logger, lines, last } = createLog();
    logger.info('request', { route: '/a\n{"level":60,"msg":"forged"}\u001b[2J' });
    expect(lines[0]?.trimEnd()).not.toMatch(/[\n\u001b]/);
    expect(last()).toMatchObject({ level: 30, msg: 'request' });
  });
});

describe('the list of allowed fields (OWASP ASVS 5.0 V16.2.5)', () => {
  const SECRETS = {
    code: 's3cret',
    token: 's3cret',
    access_token: 's3cret',
    password: 's3cret',
    cookie: 's3cret',
    query: 's3cret',
    headers: { authorization: 's3cret' },
    body: 's3cret',
    err: new Error('s3cret'),
    error: new Error('s3cret'),
    req: { url: 's3cret' },
    message: 's3cret',
    stack: 's3cret',
    RequestId: 's3cret',
    __proto__: null,
    constructor: 's3cret',
  };

  test.each(Object.keys(SECRETS))('does not hold %s', (name) => {
    const { logger, lines, last } = createLog();
    logger.error('request failed', unchecked({ [name]: SECRETS[name as keyof typeof SECRETS], status: 500 }));
    expect(lines.join()).not.toContain('s3cret');
    expect(Object.keys(last()).sort()).toEqual(['level', 'msg', 'status', 'time']);
  });

  test('cannot be used to overwrite the level, the time or the event', () => {
    const { logger, last } = createLog();
    logger.error('request failed', unchecked({ level: 10, time: 'never', msg: 'all is well' }));
    expect(last()).toMatchObject({ level: 50, msg: 'request failed' });
    expect(last()['time']).not.toBe('never');
  });

  test('leaves out fields that are not known', () => {
    const { logger, last } = createLog();
    logger.info('request', unchecked({ clientId: undefined, route: '/' }));
    expect(Object.keys(last()).sort()).toEqual(['level', 'msg', 'route', 'time']);
  });

  test('holds every field that the code may name', () => {
    const fields: Required<LogFields> = {
      requestId: 'r',
      method: 'GET',
      route: '/',
      status: 200,
      durationMs: 1.5,
      remoteAddress: '::1',
      clientId: 'c',
      accountId: 'a',
      errorCode: 'e',
      errorDetail: 'd',
      errorName: 'n',
      errorStack: 's',
      grantType: 'g',
      prompt: 'p',
      kid: 'k',
      count: 3,
      issuer: 'i',
      address: 'l',
      signal: 'SIGTERM',
      database: 'b',
      mailKind: 'notice',
      finding: 'proxy.host_lost',
      remedy: 'Pass the host on.',
      migration: 'm',
      traceId: '0af7651916cd43dd8448eb211c80319c',
      task: 't',
    };
    const { logger, last } = createLog();
    logger.info('everything', fields);
    expect(last()).toMatchObject(fields);
  });
});

describe('text that looks like a token', () => {
  const random = randomBytes(32).toString('base64url');

  test.each([
    ['a random value', random],
    ['a JWT', `${random}.${random}.${random}`],
    ['one of 32 characters', random.slice(0, 32)],
    ['hexadecimal', randomBytes(16).toString('hex')],
    ['a value in a sentence', `the value "${random}" is unknown`],
    ['a value in an address', `https://shop.example.com/cb?code=${random}&state=a`],
  ])('is not written: %s', (_, text) => {
    const { logger, lines, last } = createLog();
    logger.info('token request refused', { errorDetail: text, route: text, kid: text });
    expect(lines.join()).not.toContain(random.slice(0, 20));
    expect(last()['errorDetail']).toContain('[redacted]');
  });

  test('keeps the text around it', () => {
    const { logger, last } = createLog();
    logger.info('refused', { errorDetail: `code ${random} was used; ask again` });
    expect(last()).toMatchObject({ errorDetail: 'code [redacted] was used; ask again' });
  });

  test('is no client id, no account id and no word', () => {
    const ids = {
      clientId: '0193a5c0-7b1e-7c3d-9f00-0123456789ab',
      accountId: '0193a5c0-7b1e-7c3d-9f00-0123456789ac',
      errorDetail: 'client_secret_basic is not allowed for this client',
      grantType: 'urn:ietf:params:oauth:grant-type:device_code',
    };
    const { logger, last } = createLog();
    logger.info('refused', ids);
    expect(last()).toMatchObject(ids);
  });
});

describe('errorFields', () => {
  test('tells name, code and where it was thrown, and nothing of the message', () => {
    const error = Object.assign(new TypeError('password=s3cret'), { code: '23505', detail: 's3cret' });
    const fields = errorFields(error);
    expect(fields).toMatchObject({ errorName: 'TypeError', errorCode: '23505' });
    expect(fields.errorStack).toMatch(/^\s+at .*logger\.test\.ts:\d+/);
    expect(JSON.stringify(fields)).not.toContain('s3cret');
  });

  test.each([
    ['several lines', 'first s3cret\nsecond s3cret\n'],
    ['lines that look like frames', 'insert failed\n    at s3cret (s3cret.ts:1:1)\n    at s3cret'],
    ['only such a line', '\n    at s3cret (/s3cret.ts:1:1)'],
    ['signs of a pattern', '$& $` $1 \n    at s3cret'],
  ])('takes no frame from a message of %s', (_, message) => {
    const fields = errorFields(new Error(message));
    expect(fields.errorStack).toContain('logger.test.ts');
    expect(JSON.stringify(fields)).not.toContain('s3cret');
  });

  test('takes no frame from a message that was changed after it was thrown', () => {
    const error = new Error('insert failed\n    at s3cret');
    error.message = 'changed';
    expect(JSON.stringify(errorFields(error))).not.toContain('s3cret');
  });

  test('has the code of a refusal of ours', () => {
    expect(errorFields(new DomainError('overloaded', 'busy'))).toMatchObject({
      errorName: 'DomainError',
      errorCode: 'overloaded',
    });
  });

  test.each([
    ['text', 's3cret', 'string'],
    ['nothing', undefined, 'undefined'],
    ['an object', { password: 's3cret' }, 'object'],
  ])('of %s tells only what kind of thing it is', (_, thrown, errorName) => {
    expect(errorFields(thrown)).toEqual({ errorName });
  });

  test('leaves out a code that is no text, and a stack that there is not', () => {
    const error = Object.assign(new Error('x'), { code: 42 });
    Reflect.deleteProperty(error, 'stack');
    Object.defineProperty(error, 'stack', { value: undefined });
    expect(errorFields(error)).toEqual({ errorName: 'Error' });
  });

  test('keeps the first twelve frames', () => {
    const deep = (depth: number): Error => (depth === 0 ? new Error('deep') : deep(depth - 1));
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 50;
    try {
      expect(errorFields(deep(40)).errorStack?.split('\n')).toHaveLength(12);
    } finally {
      Error.stackTraceLimit = limit;
    }
  });
});
