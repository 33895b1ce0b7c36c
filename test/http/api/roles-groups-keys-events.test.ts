import { startApiServer, type ApiServer } from './api-server.js';

let api: ApiServer;
beforeAll(async () => {
  api = await startApiServer(`
roles:
  - name: declared
    description: Of the file
    permissions: []
groups:
  - name: Declared
    description: Of the file
    roles: []
`);
});
afterAll(() => api.stop());

const dataOf = (answer: { body: Readonly<Record<string, unknown>> }) =>
  answer.body['data'] as readonly Readonly<Record<string, unknown>>[];
const codeOf = ({ status, body }: { status: number; body: Readonly<Record<string, unknown>> }) => [
  status,
  body['code'],
];

describe('roles', () => {
  it('are made, shown, changed and deleted', async () => {
    const body = { name: 'support', description: 'Helps', permissions: ['users:read'] };
    const created = await api.call('POST', '/roles', { body });
    expect(created.headers.location).toBe(`${api.issuer}/api/v1/roles/support`);
    expect(codeOf(await api.call('POST', '/roles', { body }))).toEqual([409, 'already_exists']);
    const changed = await api.call('PATCH', '/roles/support', { body: { description: null } });
    expect(changed.body).toMatchObject({ description: '', permissions: ['users:read'] });
    expect(dataOf(await api.call('GET', '/roles')).map(({ name }) => name)).toEqual([
      'admin',
      'declared',
      'support',
    ]);
    expect((await api.call('DELETE', '/roles/support')).status).toBe(204);
    expect((await api.call('DELETE', '/roles/support')).status).toBe(204);
    expect((await api.call('GET', '/roles/support')).status).toBe(404);
  });

  it('of the product and of the configuration file are only read', async () => {
    expect(codeOf(await api.call('DELETE', '/roles/admin'))).toEqual([409, 'built_in']);
    const change = { body: { description: 'Mine' } };
    const declared = [409, 'declared_in_configuration'];
    expect(codeOf(await api.call('PATCH', '/roles/declared', change))).toEqual(declared);
    expect(codeOf(await api.call('DELETE', '/roles/declared'))).toEqual(declared);
  });

  it('are given and taken one by one', async () => {
    await api.call('POST', '/roles', { body: { name: 'reader', permissions: ['users:read'] } });
    const { id, token } = await api.userToken('users:read');
    expect((await api.call('GET', '/roles', { token })).status).toBe(403);
    expect((await api.call('PUT', `/users/${id}/roles/reader`)).status).toBe(204);
    expect((await api.call('GET', '/roles', { token })).status).toBe(200);
    expect((await api.call('DELETE', `/users/${id}/roles/reader`)).status).toBe(204);
    expect((await api.call('DELETE', `/users/${id}/roles/reader`)).status).toBe(204);
    // What was issued to the user has ended with the role.
    expect((await api.call('GET', '/roles', { token })).status).toBe(401);
    expect((await api.call('PUT', `/users/${id}/roles/no-such`)).status).toBe(404);
    expect((await api.call('DELETE', `/users/${id}/roles/no-such`)).status).toBe(204);
  });

  it('cannot be made, given or taken by whoever lacks their permissions', async () => {
    const token = await api.serviceToken('users:read users:write');
    const { id } = await api.userToken('account');
    await api.call('POST', '/roles', { body: { name: 'keeper', permissions: ['keys:write'] } });
    const refused = [403, 'insufficient_rights'];
    const body = { name: 'mine', permissions: ['keys:write'] };
    expect(codeOf(await api.call('POST', '/roles', { token, body }))).toEqual(refused);
    expect(codeOf(await api.call('DELETE', '/roles/keeper', { token }))).toEqual(refused);
    expect(codeOf(await api.call('PUT', `/users/${id}/roles/keeper`, { token }))).toEqual(refused);
    expect(codeOf(await api.call('PUT', `/users/${id}/roles/admin`, { token }))).toEqual(refused);
    const group = { name: 'Keepers', roles: ['keeper'] };
    expect(codeOf(await api.call('POST', '/groups', { token, body: group }))).toEqual(refused);
  });

  it('keep the last administrator', async () => {
    const { id } = await api.userToken('account', ['admin']);
    expect(codeOf(await api.call('DELETE', `/users/${id}/roles/admin`))).toEqual([409, 'last_administrator']);
  });
});

describe('groups', () => {
  it('are made, shown, changed and deleted', async () => {
    const created = await api.call('POST', '/groups', { body: { name: 'Staff', description: 'All of us' } });
    const path = `/groups/${String(created.body['id'])}`;
    expect(created.headers.location).toBe(`${api.issuer}/api/v1${path}`);
    expect(codeOf(await api.call('POST', '/groups', { body: { name: 'STAFF' } }))).toEqual([
      409,
      'already_exists',
    ]);
    const { headers } = await api.call('GET', path);
    const match = { 'if-match': String(headers.etag) };
    const changed = await api.call('PATCH', path, { body: { name: 'Crew' }, headers: match });
    expect(changed.body).toMatchObject({ name: 'Crew', description: 'All of us' });
    expect((await api.call('PATCH', path, { body: { name: 'Late' }, headers: match })).status).toBe(412);
    expect((await api.call('DELETE', path)).status).toBe(204);
    expect((await api.call('DELETE', path)).status).toBe(204);
  });

  it('give their roles to their members', async () => {
    await api.call('POST', '/roles', { body: { name: 'watcher', permissions: ['events:read'] } });
    const { body } = await api.call('POST', '/groups', { body: { name: 'Watchers' } });
    const path = `/groups/${String(body['id'])}`;
    const { id, token } = await api.userToken('events:read');
    expect((await api.call('PUT', `${path}/members/${id}`)).status).toBe(204);
    expect((await api.call('GET', '/events', { token })).status).toBe(403);
    expect((await api.call('PUT', `${path}/roles/watcher`)).status).toBe(204);
    expect((await api.call('GET', '/events', { token })).status).toBe(200);
    expect(dataOf(await api.call('GET', `${path}/members`)).map(({ user_id }) => user_id)).toEqual([id]);
    expect((await api.call('DELETE', `${path}/roles/watcher`)).status).toBe(204);
    expect((await api.call('GET', '/events', { token })).status).not.toBe(200);
    expect((await api.call('DELETE', `${path}/members/${id}`)).status).toBe(204);
    expect(dataOf(await api.call('GET', `${path}/members`))).toEqual([]);
  });

  it('of the configuration file are only read, save their members', async () => {
    const groups = dataOf(await api.call('GET', '/groups'));
    const id = String(groups.find(({ name }) => name === 'Declared')?.['id']);
    const declared = [409, 'declared_in_configuration'];
    expect(codeOf(await api.call('PATCH', `/groups/${id}`, { body: { name: 'Mine' } }))).toEqual(declared);
    expect(codeOf(await api.call('DELETE', `/groups/${id}`))).toEqual(declared);
    const user = await api.userToken('account');
    expect((await api.call('PUT', `/groups/${id}/members/${user.id}`)).status).toBe(204);
  });
});

describe('signing keys', () => {
  it('are listed without their private parts, and rotated', async () => {
    const before = await api.call('GET', '/keys');
    expect(before.text).not.toContain('"d"');
    const rotated = await api.call('POST', '/keys/rotations', { body: { algorithms: ['ES256'] } });
    const [made] = dataOf(rotated);
    const keysNow = async () =>
      dataOf(await api.call('GET', '/keys'))
        .filter(({ algorithm }) => algorithm === 'ES256')
        .map(({ kid, status }) => [kid, status]);
    const [, [old] = []] = await keysNow();
    expect(await keysNow()).toEqual([
      [made?.['kid'], 'published'],
      [old, 'signing'],
    ]);
    expect(JSON.parse((await api.call('POST', '/keys/rotations', { body: {} })).text)).toMatchObject({
      status: 409,
      code: 'rotation_pending',
    });
    expect((await api.call('DELETE', `/keys/${String(old)}`)).status).toBe(409);
    const body = { algorithms: ['ES256'], immediately: true };
    expect((await api.call('POST', '/keys/rotations', { body })).status).toBe(201);
    expect(await keysNow()).toEqual([
      [made?.['kid'], 'signing'],
      [old, 'retired'],
    ]);
    expect((await api.call('DELETE', `/keys/${String(old)}`)).status).toBe(204);
    expect((await api.call('DELETE', `/keys/${String(old)}`)).status).toBe(204);
    expect(await keysNow()).toEqual([[made?.['kid'], 'signing']]);
    expect((await api.call('POST', '/keys/rotations', { body: { algorithms: ['none'] } })).status).toBe(422);
  });
});

describe('events', () => {
  it('tell who did what to whom, and from where', async () => {
    const administrator = await api.userToken('users:read users:write', ['admin']);
    const { token } = administrator;
    await api.call('POST', '/roles', { token, body: { name: 'told' }, headers: { 'user-agent': 'test' } });
    const answer = await api.call('GET', `/events?actor_id=${administrator.id}&type=role.created`);
    expect(dataOf(answer)).toEqual([
      expect.objectContaining({
        type: 'role.created',
        actor: { kind: 'user', id: administrator.id },
        subject: { kind: 'role', id: 'told' },
        user_agent: 'test',
      }),
    ]);
  });

  it('are filtered and paged, newest first', async () => {
    for (const name of ['a-role', 'b-role', 'c-role']) await api.call('POST', '/roles', { body: { name } });
    const query = '/events?type=role.created&type=role.deleted&limit=2';
    const first = await api.call('GET', query);
    const second = await api.call('GET', `${query}&cursor=${String(first.body['next_cursor'])}`);
    const subjects = [...dataOf(first), ...dataOf(second)].map(
      ({ subject }) => (subject as { id: string }).id,
    );
    expect(subjects.slice(0, 3)).toEqual(['c-role', 'b-role', 'a-role']);
    const at = String(dataOf(first)[0]?.['at']);
    const later = await api.call('GET', `/events?subject_id=c-role&until=${encodeURIComponent(at)}`);
    expect(dataOf(later)).toEqual([]);
    const since = await api.call('GET', `/events?subject_id=c-role&since=${encodeURIComponent(at)}`);
    expect(dataOf(since)).toHaveLength(1);
  });
});
