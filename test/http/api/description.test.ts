import { Validator } from '@seriousme/openapi-schema-validator';
import { send } from '../../support/relying-party-requests.js';
import { startApiServer, type ApiServer } from './api-server.js';

let api: ApiServer;
beforeAll(async () => {
  api = await startApiServer();
});
afterAll(() => api.stop());

describe('the description', () => {
  it('is there for everybody, and valid (OpenAPI Specification 3.1.1)', async () => {
    const { body } = await api.call('GET', '/openapi.json', { token: '' });
    const outcome = await new Validator().validate(structuredClone(body));
    expect(outcome).toEqual({ valid: true });
  });

  it('names every route, and no other', async () => {
    const { body } = await api.call('GET', '/openapi.json', { token: '' });
    const described = Object.entries(body['paths'] as Record<string, object>).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method} ${path}`),
    );
    const served = api.routes.map(({ method, path }) => `${method} ${path}`);
    expect([...described].sort()).toEqual([...served].sort());
    const ids = api.routes.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('serves every route that it names', async () => {
    for (const { method, path, access } of api.routes) {
      if (access === 'public') continue;
      const asked = path.replace(/\{\w+\}/g, '01890000-0000-7000-8000-000000000000');
      const answer = await api.call(method.toUpperCase(), asked, { token: '' });
      expect([method, path, answer.status]).toEqual([method, path, 401]);
    }
  });
});

describe('the page that shows it', () => {
  const get = (path: string) => send(`${api.issuer}/api/v1/docs${path}`);

  it('loads from this server only, without scripts in the page', async () => {
    const page = await get('/');
    expect(page.status).toBe(200);
    expect(page.headers['content-security-policy']).toContain("script-src 'self';");
    expect(page.text).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(page.text).not.toMatch(/<script(?![^>]*src=)/);
    for (const [, file = ''] of page.text.matchAll(/(?:src|href)="([\w.-]+)"/g)) {
      expect([file, (await get(`/${file}`)).status]).toEqual([file, 200]);
    }
  });

  it('has the address to which sign-ins return, and no other file of the package', async () => {
    expect((await get('/oauth2-redirect.html')).status).toBe(200);
    expect((await get('/oauth2-redirect.js')).status).toBe(200);
    expect((await get('/package.json')).status).toBe(404);
    expect((await get('/..%2f..%2fpackage.json')).status).toBe(404);
    const moved = await get('');
    expect([moved.status, moved.headers.location]).toEqual([308, '/api/v1/docs/']);
  });
});
