import { createInitialAccessToken } from '../../../src/domain/client-registration/create-initial-access-token.js';
import { OPERATOR } from '../../../src/domain/roles/grantor.js';
import { startApiServer, type ApiServer } from './api-server.js';

let api: ApiServer;
beforeAll(async () => {
  api = await startApiServer();
});
afterAll(() => api.stop());

const PATH = '/registration-tokens';

test('a token is made, told once, listed without its text, and revoked', async () => {
  const policy = {
    redirect_hosts: ['*.partner.test'],
    scope: 'openid email',
    grant_types: ['authorization_code'],
  };
  const made = await api.call('POST', PATH, {
    body: { name: 'Partner', max_uses: 5, expires_in_seconds: 3600, policy },
  });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({
    name: 'Partner',
    initial_access_token: expect.stringMatching(/^lk_iat_[\w-]{43}$/) as string,
    max_uses: 5,
    uses: 0,
    policy,
    last_used_at: null,
  });
  const { initial_access_token: text, ...rest } = made.body;
  const listed = await api.call('GET', PATH);
  expect(listed.body).toEqual({ data: [rest], next_cursor: null });
  expect(listed.text).not.toContain(String(text));
  const path = `${PATH}/${String(made.body['id'])}`;
  expect((await api.call('DELETE', path)).status).toBe(204);
  expect((await api.call('DELETE', path)).status).toBe(204);
  const events = await api.application.auditReader.list({ limit: 2 });
  expect(events.events.map(({ type, details }) => [type, details?.['name']])).toEqual([
    ['initial_access_token.revoked', 'Partner'],
    ['initial_access_token.created', 'Partner'],
  ]);
});

test('pages follow one another; a cursor that is none is refused', async () => {
  for (const name of ['one', 'two', 'three']) {
    await createInitialAccessToken(api.application, { name, grantor: OPERATOR });
  }
  const first = await api.call('GET', `${PATH}?limit=2`);
  const cursor = encodeURIComponent(String(first.body['next_cursor']));
  const second = await api.call('GET', `${PATH}?limit=2&cursor=${cursor}`);
  const names = [first, second].map(({ body }) =>
    (body['data'] as readonly { readonly name: string }[]).map(({ name }) => name),
  );
  expect(names).toEqual([['one', 'two'], ['three']]);
  expect((await api.call('GET', `${PATH}?cursor=bm9uZQ`)).status).toBe(400);
});

test('faults are told all at once', async () => {
  const policy = {
    redirect_hosts: ['https://a.test/'],
    scope: 'none',
    resources: ['x'],
    grant_types: ['password'],
  };
  const faulty = await api.call('POST', PATH, { body: { name: ' ', policy } });
  expect(faulty.status).toBe(422);
  expect(
    (faulty.body['errors'] as readonly { readonly pointer: string }[]).map(({ pointer }) => pointer),
  ).toEqual([
    '/name',
    '/policy/redirect_hosts/0',
    '/policy/scope',
    '/policy/resources/0',
    '/policy/grant_types/0',
  ]);
});

test('nobody lets clients have what they lack themselves', async () => {
  const token = await api.serviceToken('clients:write');
  const body = { name: 'Way around', policy: { scope: 'users:write' } };
  expect((await api.call('POST', PATH, { token, body })).status).toBe(403);
});
