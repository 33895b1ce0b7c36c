import { checkCertificate } from '../../../src/domain/doctor/issuer/check-certificate.js';
import { checkPlainHttp } from '../../../src/domain/doctor/issuer/check-plain-http.js';
import type { ProbeMaker } from '../../../src/domain/doctor/probe.js';
import { VisitError, type Visit } from '../../../src/domain/doctor/visit.js';

const AT = new Date('2026-11-28T12:00:00Z');
const answer = (visit: Partial<Visit>): Visit => ({
  status: 200,
  headers: {},
  setCookies: [],
  body: '',
  certificateValidTo: undefined,
  at: AT,
  ...visit,
});
const probes: ProbeMaker = {
  make() {
    throw new Error('No probe goes out by plain http.');
  },
};

describe('plain http', () => {
  const codes = async (issuer: string, visit: () => Promise<Visit>): Promise<readonly string[]> =>
    (await checkPlainHttp({ issuer, visit, probes })).map(({ code }) => code);

  test.each([
    ['is served', { status: 200 }, 'proxy.plain_http_served'],
    [
      'leads to plain http',
      { status: 301, headers: { location: 'http://x.example/' } },
      'proxy.plain_http_served',
    ],
    [
      'leads to https',
      { status: 301, headers: { location: 'https://id.example.com/' } },
      'proxy.plain_http_closed',
    ],
    ['is refused', { status: 404 }, 'proxy.plain_http_closed'],
  ])('that %s is told', async (_, visit, code) => {
    expect(await codes('https://id.example.com', () => Promise.resolve(answer(visit)))).toEqual([code]);
  });

  test('that nobody answers is fine', async () => {
    expect(await codes('https://id.example.com', () => Promise.reject(new VisitError('refused')))).toEqual([
      'proxy.plain_http_closed',
    ]);
  });

  test('is not looked for beside another port, or where it is the issuer', async () => {
    const visit = (): Promise<Visit> => Promise.reject(new Error('asked'));
    expect(await codes('https://id.example.com:8443', visit)).toEqual([]);
    expect(await codes('http://localhost:3000', visit)).toEqual([]);
  });
});

test.each([
  ['2026-12-11T12:00:00Z', 'issuer.certificate_expires'],
  ['2026-12-12T12:00:00Z', 'issuer.certificate_valid'],
])('a certificate until %s is told as %s', (until, code) => {
  const [finding] = checkCertificate(answer({ certificateValidTo: new Date(until) }));
  expect(finding?.code).toBe(code);
});
