import {
  base32,
  generateTotpSecret,
  matchTotp,
  totpCode,
  totpStep,
  totpUri,
} from '../../../src/domain/factors/totp.js';

const SECRET = Buffer.from('12345678901234567890');
const at = (seconds: number): Date => new Date(seconds * 1000);

test.each([
  [59, '94287082'],
  [1_111_111_109, '07081804'],
  [1_111_111_111, '14050471'],
  [1_234_567_890, '89005924'],
  [2_000_000_000, '69279037'],
  [20_000_000_000, '65353130'],
])('gives the code of the second %d (RFC 6238 Appendix B)', (seconds, code) => {
  expect(totpCode(SECRET, totpStep(at(seconds)), 8)).toBe(code);
  expect(totpCode(SECRET, totpStep(at(seconds)))).toBe(code.slice(2));
});

test.each([
  ['755224', 0],
  ['287082', 1],
  ['359152', 2],
  ['969429', 3],
  ['338314', 4],
  ['254676', 5],
  ['287922', 6],
  ['162583', 7],
  ['399871', 8],
  ['520489', 9],
])('gives %s for the count %d (RFC 4226 Appendix D)', (code, count) => {
  expect(totpCode(SECRET, count)).toBe(code);
});

describe('a typed code', () => {
  const now = at(1_795_000_000);
  const step = totpStep(now);
  const match = (typed: string, lastStep?: number) => matchTotp(SECRET, typed, now, lastStep);

  test('counts within one step of now (RFC 6238 §5.2)', () => {
    expect([-2, -1, 0, 1, 2].map((offset) => match(totpCode(SECRET, step + offset)))).toEqual([
      undefined,
      step - 1,
      step,
      step + 1,
      undefined,
    ]);
  });

  test('counts once, and none before it any more', () => {
    expect(match(totpCode(SECRET, step), step)).toBeUndefined();
    expect(match(totpCode(SECRET, step - 1), step)).toBeUndefined();
    expect(match(totpCode(SECRET, step + 1), step)).toBe(step + 1);
  });

  test.each([
    ['with a space', (code: string) => `${code.slice(0, 3)} ${code.slice(3)}`],
    ['with dashes', (code: string) => `-${code.slice(0, 3)}–${code.slice(3)}-`],
    [
      'in full-width digits',
      (code: string) => code.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit))),
    ],
  ])('is taken %s', (_, type) => {
    expect(match(type(totpCode(SECRET, step)))).toBe(step);
  });

  test.each(['', '12345', '1234567', 'abcdef', '12345\u0000', '１'.repeat(7)])(
    'is refused as %j',
    (typed) => {
      expect(match(typed)).toBeUndefined();
    },
  );
});

test('a secret has 160 bits (RFC 4226 §4 R6)', () => {
  expect(generateTotpSecret()).toHaveLength(20);
  expect(generateTotpSecret()).not.toEqual(generateTotpSecret());
});

test.each([
  ['', ''],
  ['f', 'MY'],
  ['fo', 'MZXQ'],
  ['foo', 'MZXW6'],
  ['foob', 'MZXW6YQ'],
  ['fooba', 'MZXW6YTB'],
  ['foobar', 'MZXW6YTBOI'],
])('base32 of %j is %j (RFC 4648 §10)', (text, encoded) => {
  expect(base32(Buffer.from(text))).toBe(encoded);
});

test('the address for authenticators names who it is for, and nothing in a name breaks it', () => {
  const uri = new URL(totpUri(SECRET, { issuer: 'A: b&c+d', account: 'jo+x@example.com' }));
  expect(uri.protocol).toBe('otpauth:');
  expect(uri.searchParams.get('secret')).toBe(base32(SECRET));
  expect(uri.searchParams.get('issuer')).toBe('A  b&c+d');
  expect(decodeURIComponent(uri.pathname)).toBe('/A  b&c+d:jo+x@example.com');
});
