import http from 'node:http';
import type { Middleware } from 'koa';
import Koa from 'koa';
import { trustedProxies } from '../../../src/http/middlewares/trusted-proxies.js';
import { useHttpApps } from '../../support/http-app.js';

const serve = useHttpApps();

/** Tells what the rest of the application would believe. */
const tell: Middleware = (ctx) => {
  ctx.body = { ip: ctx.ip, headers: ctx.req.headers };
};

interface Told {
  readonly ip: string;
  readonly headers: Readonly<Record<string, string>>;
}

async function askThrough(proxies: readonly string[], headers: http.OutgoingHttpHeaders): Promise<Told> {
  const app = await serve(trustedProxies(proxies), tell);
  return (await app.ask('/', { headers })).json() as Told;
}

/** Runs the middleware for a peer that a loopback connection cannot have. */
async function clientSeenFrom(
  peer: string,
  proxies: readonly string[],
  forwardedFor: string,
): Promise<string> {
  const request = new http.IncomingMessage(Object.create(null, { remoteAddress: { value: peer } }) as never);
  request.headers['x-forwarded-for'] = forwardedFor;
  const ctx = new Koa({ proxy: true }).createContext(request, new http.ServerResponse(request));
  await trustedProxies(proxies)(ctx, () => Promise.resolve());
  return ctx.ip;
}

describe('a peer that is not a configured proxy (CVE-2024-47070)', () => {
  const forwarded = {
    forwarded: 'for=203.0.113.9;host=evil.example;proto=https',
    'x-forwarded-for': '203.0.113.9',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    'x-real-ip': '203.0.113.9',
  };

  test.each([[[]], [['10.0.0.0/8', '::1']]])(
    'cannot choose its address, with the proxies %j',
    async (proxies) => {
      expect((await askThrough(proxies, forwarded)).ip).toBe('127.0.0.1');
    },
  );

  test('has its forwarded headers removed and its other headers kept', async () => {
    const { headers } = await askThrough([], { ...forwarded, 'x-other': 'kept' });
    expect(Object.keys(headers).filter((name) => name.includes('forwarded') || name === 'x-real-ip')).toEqual(
      [],
    );
    expect(headers).toMatchObject({ 'x-other': 'kept' });
  });
});

describe('a configured proxy', () => {
  test.each(['loopback', '127.0.0.1', '127.0.0.0/8'])(
    'named as %s tells the address of the client',
    async (proxy) => {
      const told = await askThrough([proxy], {
        'x-forwarded-for': '203.0.113.9',
        'x-forwarded-proto': 'https',
      });
      expect(told).toMatchObject({ ip: '203.0.113.9', headers: { 'x-forwarded-proto': 'https' } });
    },
  );

  test.each([
    ['one client', '203.0.113.9', '203.0.113.9'],
    ['an address that the client made up', '198.51.100.66, 203.0.113.9', '203.0.113.9'],
    ['a proxy of ours that the client made up', '10.0.0.9, 203.0.113.9', '203.0.113.9'],
    ['a chain of our proxies', '203.0.113.9, 10.0.0.2, 10.0.0.1', '203.0.113.9'],
    ['a made-up address before a chain', '198.51.100.66,203.0.113.9,10.0.0.2,10.0.0.1', '203.0.113.9'],
    ['only proxies of ours', '10.0.0.2, 10.0.0.1', '10.0.0.2'],
    ['an IPv6 client', '2001:db8::9', '2001:db8::9'],
    ['a chain over an IPv6 proxy', '2001:db8::9, fd00::1', '2001:db8::9'],
    ['a mapped IPv4 client (RFC 4291 §2.5.5.2)', '::ffff:203.0.113.9', '203.0.113.9'],
    ['a mapped proxy in the chain', '203.0.113.9, ::FFFF:10.0.0.1', '203.0.113.9'],
    ['blanks around addresses', '  203.0.113.9  ,  10.0.0.1  ', '203.0.113.9'],
  ])('names %s: %j', async (_, forwardedFor, expected) => {
    const proxies = ['loopback', '10.0.0.0/8', 'fd00::/8'];
    expect((await askThrough(proxies, { 'x-forwarded-for': forwardedFor })).ip).toBe(expected);
  });

  test.each([
    '',
    'unknown',
    '_hidden',
    '203.0.113.9:4711',
    '256.0.0.1',
    '<script>',
    '203.0.113.9, evil, 10.0.0.1',
    ',',
  ])('that says %j is not believed beyond the last address', async (forwardedFor) => {
    const { ip } = await askThrough(['loopback', '10.0.0.0/8'], { 'x-forwarded-for': forwardedFor });
    expect(['127.0.0.1', '10.0.0.1']).toContain(ip);
  });

  test('that says nothing is the client itself', async () => {
    expect((await askThrough(['loopback'], {})).ip).toBe('127.0.0.1');
  });

  test('is believed for ten hops at most', async () => {
    const chain = (hops: number): string =>
      ['203.0.113.9', ...Array.from({ length: hops }, (_, index) => `10.0.0.${hops - index}`)].join(', ');
    const proxies = ['loopback', '10.0.0.0/8'];
    expect((await askThrough(proxies, { 'x-forwarded-for': chain(9) })).ip).toBe('203.0.113.9');
    expect((await askThrough(proxies, { 'x-forwarded-for': chain(10) })).ip).toBe('10.0.0.10');
  });

  test('may write the header in several lines (RFC 9110 §5.3)', async () => {
    const told = await askThrough(['loopback'], { 'x-forwarded-for': ['198.51.100.66', '203.0.113.9'] });
    expect(told.ip).toBe('203.0.113.9');
  });
});

describe('the address of the peer', () => {
  test.each([
    ['::1', ['loopback'], '203.0.113.9'],
    ['::ffff:127.0.0.1', ['loopback'], '203.0.113.9'],
    ['::ffff:10.1.2.3', ['10.0.0.0/8'], '203.0.113.9'],
    ['fd00::7', ['fd00::/8'], '203.0.113.9'],
    ['fd00::7', ['fd00::7'], '203.0.113.9'],
    ['fe80::1%eth0', ['fe80::/10'], '203.0.113.9'],
    ['fd00::8', ['fd00::7'], 'fd00::8'],
    ['::ffff:192.0.2.1', ['10.0.0.0/8'], '192.0.2.1'],
    ['11.0.0.1', ['10.0.0.0/8'], '11.0.0.1'],
    ['', ['loopback'], ''],
  ])('%j is judged by %j, and the client is %j', async (peer, proxies, expected) => {
    expect(await clientSeenFrom(peer, proxies, '203.0.113.9')).toBe(expected);
  });
});
