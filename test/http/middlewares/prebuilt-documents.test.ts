import type { Middleware } from 'koa';
import { prebuiltDocuments } from '../../../src/http/middlewares/prebuilt-documents.js';
import { useHttpApps } from '../../support/http-app.js';

const serve = useHttpApps();

/** A protocol that counts how often it is asked. */
function createProtocol(keys: readonly string[], status = 200) {
  let asked = 0;
  const middleware: Middleware = (ctx) => {
    asked += 1;
    ctx.status = status;
    ctx.vary('Origin');
    ctx.set('Access-Control-Allow-Origin', ctx.get('Origin'));
    ctx.body = { keys };
    ctx.type = 'application/jwk-set+json; charset=utf-8';
  };
  return { middleware, asked: () => asked };
}

describe('documents that are made once', () => {
  test('are the same for everybody, and may be kept (OpenID Connect Core 1.0 §10.1.1)', async () => {
    const protocol = createProtocol(['one']);
    const app = await serve(prebuiltDocuments(() => protocol.middleware, { '/jwks': 300 }));
    const first = await app.ask('/jwks', { headers: { origin: 'https://a.example' } });
    const second = await app.ask('/jwks', { headers: { origin: 'https://b.example' } });
    for (const answer of [first, second]) {
      expect([answer.status, answer.body]).toEqual([200, '{"keys":["one"]}']);
      expect(answer.headers).toMatchObject({
        'access-control-allow-origin': '*',
        'cache-control': 'public, max-age=300',
        'content-type': 'application/jwk-set+json',
      });
      expect(answer.headers).not.toHaveProperty('vary');
    }
    expect(protocol.asked()).toBe(1);
    const { etag = '' } = first.headers;
    expect((await app.ask('/jwks', { headers: { 'if-none-match': etag } })).status).toBe(304);
    expect((await app.ask('/jwks', { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  });

  test('are made anew by another provider, which new keys bring', async () => {
    let protocol = createProtocol(['one']);
    const app = await serve(prebuiltDocuments(() => protocol.middleware, { '/jwks': 0 }));
    const before = await app.ask('/jwks');
    protocol = createProtocol(['one', 'two']);
    const after = await app.ask('/jwks');
    expect(after.body).toBe('{"keys":["one","two"]}');
    expect(after.headers.etag).not.toBe(before.headers.etag);
    expect(after.headers['cache-control']).toBe('no-cache');
  });

  test('are not kept where the provider failed, and nothing else is', async () => {
    let protocol = createProtocol([], 503);
    const app = await serve(
      prebuiltDocuments(() => protocol.middleware, { '/jwks': 300 }),
      (ctx) => void (ctx.body = 'elsewhere'),
    );
    expect((await app.ask('/jwks')).status).toBe(503);
    protocol = createProtocol(['one']);
    expect((await app.ask('/jwks')).status).toBe(200);
    expect((await app.ask('/jwks', { method: 'POST' })).body).toBe('elsewhere');
    expect((await app.ask('/token')).body).toBe('elsewhere');
  });
});
