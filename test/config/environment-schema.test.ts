import { OTHER_SECRET, SECRET, faultsOf, read, settingsAtFault } from './sources.js';

describe('single values', () => {
  test.each(['0', '1', '65535'])('PORT %s is allowed', (port) => {
    expect(read({ PORT: port }).port).toBe(Number(port));
  });

  test.each(['-1', '65536', '3000.5', '0x50', '1e3', 'three'])('PORT %s is refused', (port) => {
    expect(settingsAtFault({ PORT: port })).toEqual(['PORT']);
  });

  test.each(['0', '5', '300'])('DRAIN_SECONDS %s is allowed', (seconds) => {
    expect(read({ DRAIN_SECONDS: seconds }).drainSeconds).toBe(Number(seconds));
  });

  test.each(['-1', '301', '1.5', '5s'])('DRAIN_SECONDS %s is refused', (seconds) => {
    expect(settingsAtFault({ DRAIN_SECONDS: seconds })).toEqual(['DRAIN_SECONDS']);
  });

  test.each(['0.0.0.0', '::', '::1', 'localhost', 'id-1.internal', 'web_1'])('HOST %s is allowed', (host) => {
    expect(read({ HOST: host }).host).toBe(host);
  });

  test.each(['[::]', 'localhost:3000', 'http://localhost', 'a b', '*'])('HOST %s is refused', (host) => {
    expect(settingsAtFault({ HOST: host })).toEqual(['HOST']);
  });

  test.each(['sign-in@example.com', 'Example <sign-in@example.com>', '<a@b>'])(
    'MAIL_FROM %s is allowed',
    (from) => {
      expect(read({ MAIL_FROM: from }).mailFrom).toBe(from);
    },
  );

  test.each(['example.com', 'a@b, c@d', 'A <a@b>\r\nBcc: c@d', 'A <a@b', 'a b@c'])(
    'MAIL_FROM %j is refused',
    (from) => {
      expect(settingsAtFault({ MAIL_FROM: from })).toEqual(['MAIL_FROM']);
    },
  );

  test.each(['0123456789abcdef', 'a'.repeat(64)])('METRICS_TOKEN %s is allowed', (token) => {
    expect(read({ METRICS_TOKEN: token }).metrics.token).toBe(token);
  });

  test.each(['0123456789abcde', 'fifteen and a half words', 'ü'.repeat(20)])(
    'METRICS_TOKEN %s is refused',
    (token) => {
      expect(settingsAtFault({ METRICS_TOKEN: token })).toEqual(['METRICS_TOKEN']);
    },
  );

  test.each(['0', '0.25', '.5', '1'])('OTEL_TRACES_SAMPLER_ARG %s is allowed', (ratio) => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318', OTEL_TRACES_SAMPLER_ARG: ratio };
    expect(read(env).tracing).toEqual({
      endpoint: 'http://localhost:4318',
      serviceName: 'latchkey',
      ratio: Number(ratio),
    });
  });

  test.each(['1.1', '-0.5', 'half', '1e-1'])('OTEL_TRACES_SAMPLER_ARG %s is refused', (ratio) => {
    expect(settingsAtFault({ OTEL_TRACES_SAMPLER_ARG: ratio })).toEqual(['OTEL_TRACES_SAMPLER_ARG']);
  });

  test.each(['localhost:4318', 'grpc://localhost:4317'])(
    'OTEL_EXPORTER_OTLP_ENDPOINT %s is refused',
    (endpoint) => {
      expect(settingsAtFault({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })).toEqual([
        'OTEL_EXPORTER_OTLP_ENDPOINT',
      ]);
    },
  );

  test.each(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])(
    'LOG_LEVEL %s is allowed',
    (level) => {
      expect(read({ LOG_LEVEL: level }).logLevel).toBe(level);
    },
  );
});

describe('TRUSTED_PROXIES', () => {
  test('takes addresses, blocks and loopback', () => {
    const list = '10.0.0.0/8, 192.0.2.1,fd00::/8 ,2001:db8::1, loopback';
    expect(read({ TRUSTED_PROXIES: list }).trustedProxies).toEqual([
      '10.0.0.0/8',
      '192.0.2.1',
      'fd00::/8',
      '2001:db8::1',
      'loopback',
    ]);
  });

  test.each([
    '10.0.0.0/33',
    '10.0.0/8',
    'fd00::/129',
    'nginx',
    '10.0.0.1/',
    '10.0.0.1/-1',
    '1.2.3.4/8/8',
    'fe80::1%eth0',
  ])('%s is refused', (proxy) => {
    const [fault] = faultsOf({ TRUSTED_PROXIES: `127.0.0.1,${proxy}` });
    expect(fault?.problem).toContain(JSON.stringify(proxy));
    expect(fault?.problem).not.toContain('127.0.0.1');
  });

  test.each(['0.0.0.0/0', '::/0', '::/00'])('%s, which trusts everybody, is refused (S66)', (proxy) => {
    expect(faultsOf({ TRUSTED_PROXIES: proxy })[0]?.problem).toContain('trusts everybody');
  });
});

describe('SECRET_KEY', () => {
  test('is a list for rotation, the current key first', () => {
    expect(read({ SECRET_KEY: `${SECRET}, ${OTHER_SECRET}` }).secretKeys).toEqual([SECRET, OTHER_SECRET]);
  });

  test.each([
    ['short', 'short'],
    ['one character', 'a'.repeat(64)],
    ['few characters', 'abcd'.repeat(16)],
    ['a placeholder', 'changeme-0123456789-0123456789-0123456789'],
    ['a placeholder', 'Replace_Me-0123456789-0123456789-012345678'],
    ['an empty previous key', `${SECRET},`],
    ['a short previous key', `${SECRET},abc`],
    ['the same key twice', `${SECRET},${SECRET}`],
  ])('%s is refused and not repeated', (_what, key) => {
    const faults = faultsOf({ SECRET_KEY: key });
    expect(faults.map((fault) => fault.setting)).toEqual(['SECRET_KEY']);
    for (const part of key.split(',').filter((text) => text !== '')) {
      expect(JSON.stringify(faults)).not.toContain(JSON.stringify(part).slice(1, -1) + '"');
      expect(faults[0]?.problem).not.toContain(part);
    }
  });
});
