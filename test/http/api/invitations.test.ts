import { API_SCOPES } from '../../../src/domain/resources/api-resource.js';
import { createRole } from '../../../src/domain/roles/create-role.js';
import { OPERATOR } from '../../../src/domain/roles/grantor.js';
import { startApiServer, type ApiServer } from './api-server.js';

let api: ApiServer;
beforeAll(async () => {
  api = await startApiServer();
  await createRole(api.application, OPERATOR, { name: 'keeper', permissions: ['keys:write'] });
});
afterAll(() => api.stop());

test('an invitation is sent, listed without its link, and taken back', async () => {
  const sent = await api.call('POST', '/invitations', {
    body: { email: 'ada@example.test', given_name: 'Ada', locale: 'de' },
  });
  expect(sent.status).toBe(201);
  expect(sent.body).toMatchObject({ email: 'ada@example.test', given_name: 'Ada', locale: 'de', roles: [] });
  expect(sent.text).not.toContain('http');
  const listed = await api.call('GET', '/invitations?limit=1');
  expect(listed.body).toMatchObject({ data: [{ id: sent.body['id'] }], next_cursor: null });
  const path = `/invitations/${String(sent.body['id'])}`;
  expect((await api.call('DELETE', path)).status).toBe(204);
  expect((await api.call('DELETE', path)).status).toBe(404);
});

test('pages follow one another; a cursor that is none is refused', async () => {
  for (const name of ['one', 'two', 'three']) {
    await api.call('POST', '/invitations', { body: { email: `${name}@example.test` } });
  }
  const first = await api.call('GET', '/invitations?limit=2');
  const cursor = encodeURIComponent(String(first.body['next_cursor']));
  const second = await api.call('GET', `/invitations?limit=2&cursor=${cursor}`);
  expect([first, second].map(({ body }) => (body['data'] as readonly unknown[]).length)).toEqual([2, 1]);
  expect((await api.call('GET', '/invitations?cursor=bm9uZQ')).status).toBe(400);
});

test('nobody invites to what they may not do themselves', async () => {
  expect(API_SCOPES).toContain('users:write');
  const { token } = await api.userToken('users:write', []);
  const body = { email: 'eve@example.test', roles: ['keeper'] };
  expect((await api.call('POST', '/invitations', { token, body })).status).toBe(403);
});

test('faults are told all at once, an account that exists too', async () => {
  const faulty = await api.call('POST', '/invitations', {
    body: { email: 'a\nb@example.test', roles: ['No!'], client_id: 'gone' },
  });
  expect(faulty.status).toBe(422);
  expect(faulty.body).toMatchObject({ errors: [{}, {}, {}] });
  await api.call('POST', '/users', { body: { email: 'known@example.test' } });
  expect((await api.call('POST', '/invitations', { body: { email: 'known@example.test' } })).status).toBe(
    409,
  );
});
