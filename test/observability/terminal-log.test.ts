import { createLogger } from '../../src/observability/logger.js';
import { terminalLog } from '../../src/observability/terminal-log.js';

function createTerminal() {
  const written: string[] = [];
  const logger = createLogger({
    level: 'debug',
    destination: terminalLog({ write: (text: string) => written.push(text) }),
  });
  return { logger, written };
}

test('writes the time, what happened, and the fields in their order, the reference last', () => {
  const { logger, written } = createTerminal();
  logger.info('request', {
    requestId: 'ref-1',
    method: 'GET',
    route: '/auth',
    status: 303,
    durationMs: 1.5,
    remoteAddress: '::1',
  });
  expect(written).toHaveLength(1);
  expect(written[0]).toMatch(
    /^\d\d:\d\d:\d\d request GET \/auth 303 durationMs=1\.5 remoteAddress=::1 ref=ref-1\n$/,
  );
});

test.each([
  ['debug', 'debug '],
  ['info', ''],
  ['warn', 'warning '],
  ['error', 'ERROR '],
] as const)('marks %s with %j', (level, mark) => {
  const { logger, written } = createTerminal();
  logger[level]('something happened');
  expect(written[0]?.slice(9)).toBe(`${mark}something happened\n`);
});

test('keeps a zero', () => {
  const { logger, written } = createTerminal();
  logger.info('purged', { count: 0, status: 0 });
  expect(written[0]?.slice(9)).toBe('purged count=0 0\n');
});

test.each([
  ['moves the cursor', '\u001b[2J\u001b[H'],
  ['sets the title', '\u001b]0;title\u0007'],
  ['begins a line', 'a\nERROR forged'],
  ['returns to the begin of the line', 'a\rERROR forged'],
  ['is a control character of eight bits', '\u009b31m'],
  ['turns the direction of writing', '\u202egpj.exe'],
])('shows no text as it is that %s', (_, text) => {
  const { logger, written } = createTerminal();
  logger.info('token request refused', { errorDetail: text, route: text });
  expect(written.join('').slice(0, -1)).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  expect(written[0]).toMatch(/\\u[\da-f]{4}/);
});

test('shows the frames of a stack on lines of their own', () => {
  const { logger, written } = createTerminal();
  logger.error('request failed', { errorStack: '    at a (x.ts:1:1)\n    at b (y.ts:2:2)\u001b[2J' });
  expect(written[0]?.split('\n').slice(0, 2).join('\n')).toContain('at a (x.ts:1:1)\n    at b (y.ts:2:2)');
  expect(written[0]).not.toContain('\u001b');
});
