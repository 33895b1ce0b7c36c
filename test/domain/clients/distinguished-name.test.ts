import {
  isSameDistinguishedName,
  parseDistinguishedName,
} from '../../../src/domain/clients/distinguished-name.js';

const same = (a: string, b: string): boolean => {
  const [left, right] = [parseDistinguishedName(a), parseDistinguishedName(b)];
  return left !== undefined && right !== undefined && isSameDistinguishedName(left, right);
};

describe('distinguished names in text (RFC 4514)', () => {
  it.each([
    ['CN=api,O=Example,C=DE', 'cn=api, o=Example ,C=DE'],
    ['CN=api', '2.5.4.3=api'],
    ['CN=api', 'OID.2.5.4.3=api'],
    ['emailAddress=a@b.c', 'E=a@b.c'],
    ['CN=a+OU=b', 'OU=b+CN=a'],
    [String.raw`CN=Smith\, John`, String.raw`CN=Smith\2C John`],
    [String.raw`CN=Lu\C4\8Di\C4\87`, 'CN=Lučić'],
    [String.raw`CN=a\ `, String.raw`CN=a\20`],
    ['CN=a=b', String.raw`CN=a\=b`],
    ['CN=🦉', String.raw`CN=\F0\9F\A6\89`],
  ])('%s is %s', (a, b) => {
    expect(same(a, b)).toBe(true);
  });

  it.each([
    ['CN=api,O=Example', 'O=Example,CN=api'],
    ['CN=api', 'CN=API'],
    ['CN=api', 'OU=api'],
    ['CN=a,O=b', 'CN=a'],
    ['CN=a+O=b', 'CN=a,O=b'],
    [String.raw`CN=a\,O=b`, 'CN=a,O=b'],
    [String.raw`CN=a\ `, 'CN=a'],
    [String.raw`CN=a\\`, 'CN=a'],
  ])('%s is not %s', (a, b) => {
    expect(same(a, b)).toBe(false);
  });

  it.each([
    '',
    ' ',
    'api',
    '=api',
    'CN=',
    'CN=a,',
    ',CN=a',
    'CN=a;b',
    'CN="a"',
    String.raw`CN=a\zz`,
    'CN=a\\',
    'C N=a',
    `CN=${'a'.repeat(3000)}`,
  ])('%j is no name', (text) => {
    expect(parseDistinguishedName(text)).toBeUndefined();
  });
});
