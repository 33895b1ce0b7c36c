import type { SeenRequest } from '../../src/domain/doctor/probe.js';
import { createProbeMaker, createProbeTaker } from '../../src/security/probe-seal.js';
import { createFakeClock } from '../support/fake-clock.js';

const SECRET = 'mYx3kq0Jb8vT5nRz1sWd7hGf2cLpE9uA';
const OTHER = 'Qx7vN2mK9bT4wZ8rL1pH6sD3fG5jA0cE';
const SEEN: SeenRequest = {
  target: '/',
  host: 'id.example.com',
  forwarded: {},
  peer: '127.0.0.1',
  peerTrusted: true,
  client: '192.0.2.1',
  cookie: '',
};

test('a probe is taken, and only its maker reads the answer', () => {
  const clock = createFakeClock();
  const probe = createProbeMaker([SECRET], clock).make('look');
  const taken = createProbeTaker([SECRET], clock).take(probe.header);
  expect(taken?.kind).toBe('look');
  const answer = taken?.seal(SEEN) ?? '';
  expect(answer).not.toContain('example');
  expect(probe.open(answer)).toEqual(SEEN);
  expect(createProbeMaker([SECRET], clock).make('look').open(answer)).toBeUndefined();
});

test('a probe is taken once', () => {
  const clock = createFakeClock();
  const taker = createProbeTaker([SECRET], clock);
  const { header } = createProbeMaker([SECRET], clock).make('look');
  expect(taker.take(header)).toBeDefined();
  expect(taker.take(header)).toBeUndefined();
});

test('a probe of another secret, an old one, and what is none are not taken', () => {
  const clock = createFakeClock();
  const taker = createProbeTaker([SECRET], clock);
  expect(taker.take(createProbeMaker([OTHER], clock).make('look').header)).toBeUndefined();
  const { header } = createProbeMaker([SECRET], clock).make('look');
  for (const wrong of [
    '',
    'x',
    header.slice(1),
    `${header.slice(0, 40)}${header.slice(41)}`,
    'A'.repeat(10_000),
  ]) {
    expect(taker.take(wrong)).toBeUndefined();
  }
  clock.advance(5 * 60 + 1);
  expect(taker.take(header)).toBeUndefined();
});

test('a probe of the earlier secret is taken while the secret is rotated', () => {
  const clock = createFakeClock();
  const probe = createProbeMaker([SECRET], clock).make('look');
  const taken = createProbeTaker([OTHER, SECRET], clock).take(probe.header);
  expect(taken).toBeDefined();
});
