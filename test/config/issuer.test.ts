import { withListeningPort } from '../../src/config/issuer.js';
import { PRODUCTION, SECRET, faultsOf, read } from './sources.js';

describe('issuer (OpenID Connect Discovery 1.0 §3)', () => {
  test.each([
    'https://id.example.com',
    'https://id.example.com:8443',
    'https://localhost',
    'https://xn--bcher-kva.example',
  ])('%s is allowed everywhere and kept exactly', (issuer) => {
    expect(read({ ...PRODUCTION, ISSUER: issuer }).issuer).toBe(issuer);
    expect(read({ ISSUER: issuer }).issuer).toBe(issuer);
  });

  test.each([
    'http://localhost:3000',
    'http://127.0.0.1:3000',
    'http://127.9.9.9',
    'http://[::1]:3000',
    'http://a.localhost',
  ])('%s is allowed, but not in production', (issuer) => {
    expect(read({ ISSUER: issuer }).issuer).toBe(issuer);
    expect(faultsOf({ ...PRODUCTION, ISSUER: issuer })[0]?.problem).toBe(
      'is not https, which production requires',
    );
  });

  test.each([
    ['http://id.example.com', 'http is for loopback hosts'],
    ['http://127.0.0.1.example.com', 'http is for loopback hosts'],
    ['http://notlocalhost', 'http is for loopback hosts'],
    ['https://id.example.com?a=b', 'query or a fragment'],
    ['https://id.example.com?', 'query or a fragment'],
    ['https://id.example.com#', 'query or a fragment'],
    ['https://example.com/id', 'has a path'],
    ['https://example.com/id/', 'has a path'],
    ['https://me:hunter22@id.example.com', 'user name or password'],
    ['id.example.com', 'not an http or https URL'],
    ['ftp://id.example.com', 'not an http or https URL'],
    ['https://', 'not an http or https URL'],
  ])('%s is refused', (issuer, problem) => {
    const [fault, ...others] = faultsOf({ ISSUER: issuer });
    expect(fault).toMatchObject({ setting: 'ISSUER', problem: expect.stringContaining(problem) as string });
    expect(others).toEqual([]);
    expect(JSON.stringify(fault)).not.toContain('hunter22');
  });

  test.each([
    ['https://id.example.com/', 'https://id.example.com'],
    ['https://ID.example.com', 'https://id.example.com'],
    ['HTTPS://id.example.com', 'https://id.example.com'],
    ['https://id.example.com:443', 'https://id.example.com'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
  ])('%s is refused, naming its canonical form', (issuer, canonical) => {
    expect(faultsOf({ ISSUER: issuer })[0]?.remedy).toBe(`Write ${canonical} instead.`);
  });
});

describe('withListeningPort', () => {
  const config = (env: Record<string, string>) => ({ ...read(env), secretKeys: [SECRET] as const });

  test('completes port 0, and the issuer that followed from it', () => {
    expect(withListeningPort(config({ PORT: '0' }), 41_234)).toMatchObject({
      port: 41_234,
      issuer: 'http://localhost:41234',
    });
  });

  test('leaves an issuer that was set', () => {
    const set = config({ PORT: '0', ISSUER: 'https://id.example.com' });
    expect(withListeningPort(set, 41_234)).toMatchObject({ port: 41_234, issuer: 'https://id.example.com' });
  });

  test('leaves a port that was set', () => {
    const set = config({ PORT: '3001' });
    expect(withListeningPort(set, 3001)).toBe(set);
  });
});
