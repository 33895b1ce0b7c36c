import { setUpAuthenticator } from '../../support/authenticator.js';
import { createRole } from '../../../src/domain/roles/create-role.js';
import { OPERATOR } from '../../../src/domain/roles/grantor.js';
import {
  authorizationRequest,
  basic,
  closeConnections,
  postForm,
  redeemCode,
  send,
  tokensOf,
  type HttpAnswer,
} from '../../support/relying-party-requests.js';
import { UserAgent } from '../../support/relying-party-user-agent.js';
import { openFixture, type Fixture, type TestClient, type TestUser } from '../../support/server-fixture.js';
import { startServer, type TestServer } from '../../support/server.js';

const ALL_USERS_SCOPES = ['users:read', 'users:write', 'sessions:write'];
const MERGE_PATCH = 'application/merge-patch+json';

let server: TestServer;
let fixture: Fixture;
let api: string;
let app: TestClient;
/** Of a service that may do all with users. */
let token: string;

beforeAll(async () => {
  server = await startServer();
  fixture = await openFixture(server);
  api = `${server.issuer}/api/v1`;
  app = await fixture.client({ resources: [api], scopes: ['openid', 'account'], name: 'Shop' });
  token = await serviceToken(...ALL_USERS_SCOPES);
  await createRole(fixture.application, OPERATOR, { name: 'reader', permissions: ['users:read'] });
});

afterAll(async () => {
  closeConnections();
  await fixture.close();
  await server.stop();
});

async function serviceToken(...scopes: readonly string[]): Promise<string> {
  const service = await fixture.client({ type: 'service', redirectUris: [], scopes, resources: [api] });
  const answer = await postForm(
    `${server.issuer}/token`,
    { grant_type: 'client_credentials', scope: scopes.join(' '), resource: api },
    { headers: basic(service) },
  );
  return tokensOf(answer).accessToken;
}

interface Answer {
  readonly status: number;
  readonly headers: HttpAnswer['headers'];
  // The tests look at what they expect of it.
  readonly body: Readonly<Record<string, unknown>>;
}

interface Call {
  readonly body?: unknown;
  readonly as?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function call(
  method: string,
  path: string,
  { body, as = token, headers = {} }: Call = {},
): Promise<Answer> {
  const type = method === 'PATCH' ? MERGE_PATCH : 'application/json';
  const answer = await send(api + path, {
    method,
    headers: {
      accept: 'application/json',
      authorization: `Bearer ${as}`,
      ...(body === undefined ? {} : { 'content-type': type }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const parsed = answer.text === '' ? {} : (JSON.parse(answer.text) as Readonly<Record<string, unknown>>);
  return { status: answer.status, headers: answer.headers, body: parsed };
}

const listOf = (answer: Answer): readonly Readonly<Record<string, unknown>>[] =>
  answer.body['data'] as readonly Readonly<Record<string, unknown>>[];
const pointersOf = (answer: Answer): string[] =>
  (answer.body['errors'] as readonly { pointer: string; code: string }[]).map(
    ({ pointer, code }) => `${pointer} ${code}`,
  );

/** Signs a person in at the app. @returns their token for their own account */
async function signIn(user: TestUser): Promise<string> {
  const request = authorizationRequest(server.issuer, app, { scope: 'openid account', resource: api });
  const code = await new UserAgent(server.issuer).codeOf(request.url, user);
  const redeemed = await redeemCode(server.issuer, app, { code, codeVerifier: request.codeVerifier });
  return tokensOf(redeemed).accessToken;
}

async function countUsers(): Promise<number> {
  return listOf(await call('GET', '/users?limit=200')).length;
}

describe('/users', () => {
  it('lists by exact fields, status, time and text, page by page', async () => {
    const [ada, bob] = [await fixture.user({ username: 'filter-ada' }), await fixture.user()];
    await fixture.disable(bob);
    const idsOf = async (query: string): Promise<unknown[]> =>
      listOf(await call('GET', `/users?${query}`)).map(({ id }) => id);
    expect(await idsOf(`email=${encodeURIComponent(ada.email.toUpperCase())}`)).toEqual([ada.id]);
    expect(await idsOf('username=FILTER-ADA')).toEqual([ada.id]);
    expect(await idsOf('disabled=true&sort=-created_at&limit=1')).toEqual([bob.id]);
    expect(await idsOf('q=filter-ad')).toEqual([ada.id]);
    expect(await idsOf('created_after=2999-01-01T00:00:00Z')).toEqual([]);
    expect(await idsOf('email=%00')).toEqual([]);

    const first = await call('GET', '/users?limit=1&sort=-created_at');
    expect(listOf(first).map(({ id }) => id)).toEqual([bob.id]);
    const cursor = String(first.body['next_cursor']);
    expect(await idsOf(`limit=1&sort=-created_at&cursor=${cursor}`)).toEqual([ada.id]);
  });

  it('tells how many there are, when asked', async () => {
    const user = await fixture.user({ username: 'counted' });
    const one = await call('GET', '/users?q=counted&include=total&limit=1');
    expect(listOf(one).map(({ id }) => id)).toEqual([user.id]);
    expect(one.body['total']).toEqual({ count: 1, is_capped: false });
    const all = await call('GET', '/users?include=total&limit=1');
    expect(all.body['total']).toEqual({ count: await countUsers(), is_capped: false });
    expect((await call('GET', '/users?limit=1')).body).not.toHaveProperty('total');
    expect(pointersOf(await call('GET', '/users?include=everything'))).toEqual(['?include invalid_value']);
  });

  it.each([
    ['/users?cursor=rubbish', '?cursor cursor_invalid'],
    [`/users?cursor=${Buffer.from('"x"').toString('base64url')}`, '?cursor cursor_invalid'],
    ['/users?q=%00', '?q search_invalid'],
    [`/sessions?cursor=${Buffer.from('"x"').toString('base64url')}`, '?cursor cursor_invalid'],
    ['/grants?cursor=rubbish', '?cursor cursor_invalid'],
    ['/sessions?user_id=x', '?user_id invalid_format'],
    ['/grants?client_id=%00', '?client_id invalid_format'],
    ['/sessions?limit=201', '?limit too_big'],
    ['/grants?unknown=1', '?unknown unknown_field'],
  ])('answers 400 to %s, naming the parameter', async (path, pointer) => {
    const answer = await call('GET', path);
    expect(answer.status).toBe(400);
    expect(pointersOf(answer)).toEqual([pointer]);
  });

  it('changes nothing when the state is another one (RFC 9110 §13.1.1)', async () => {
    const { id } = await fixture.user();
    const etag = (await call('GET', `/users/${id}`)).headers.etag ?? '';
    const headers = { 'if-match': etag };
    expect((await call('PATCH', `/users/${id}`, { body: { nickname: 'A' }, headers })).status).toBe(200);
    const stale = await call('PATCH', `/users/${id}`, { body: { disabled: true }, headers });
    expect(stale).toMatchObject({ status: 412, body: { code: 'stale_version' } });
    expect((await call('DELETE', `/users/${id}`, { headers })).status).toBe(412);
    expect((await call('GET', `/users/${id}`)).body).toMatchObject({ nickname: 'A', disabled: false });
  });

  it('disables, and deletes, also what is gone', async () => {
    const { id } = await fixture.user();
    const disabled = await call('PATCH', `/users/${id.toUpperCase()}`, { body: { disabled: true } });
    expect(disabled).toMatchObject({ status: 200, body: { id, disabled: true } });
    expect((await call('DELETE', `/users/${id}`)).status).toBe(204);
    expect((await call('DELETE', `/users/${id}`)).status).toBe(204);
    expect((await call('GET', `/users/${id}`)).status).toBe(404);
  });

  it('lets nobody raise rights, nor get at an account that may do more (S61)', async () => {
    const created = await call('POST', '/users', { body: { email: 'evil@example.test', roles: ['admin'] } });
    expect(created).toMatchObject({ status: 403, body: { code: 'insufficient_rights' } });
    const { id } = await fixture.user();
    expect((await call('PATCH', `/users/${id}`, { body: { roles: ['admin'] } })).status).toBe(403);
    const admin = await fixture.user({ roles: ['admin'] });
    await fixture.user({ roles: ['admin'] });
    const password = { body: { password: 'a password for somebody else' } };
    expect((await call('PUT', `/users/${admin.id}/password`, password)).status).toBe(403);
    expect((await call('PATCH', `/users/${admin.id}`, { body: { email: 'mine@example.test' } })).status).toBe(
      403,
    );
    expect((await call('PUT', `/users/${id}/password`, password)).status).toBe(204);
  });

  it('sets passwords that are temporary unless it says otherwise (ASVS 5.0 V6.4.6)', async () => {
    const password = 'a password for somebody else';
    const made = await call('POST', '/users', { body: { email: 'temporary@example.test', password } });
    expect(made.body['password_temporary']).toBe(true);
    const path = `/users/${String(made.body['id'])}`;
    const isTemporary = async (): Promise<unknown[]> => {
      const { data } = (await call('GET', `${path}/credentials`)).body as {
        readonly data: readonly { readonly temporary?: boolean }[];
      };
      return [(await call('GET', path)).body['password_temporary'], data[0]?.temporary];
    };
    expect(await isTemporary()).toEqual([true, true]);
    await call('PUT', `${path}/password`, { body: { password, temporary: false } });
    expect(await isTemporary()).toEqual([false, undefined]);
    await call('PUT', `${path}/password`, { body: { password } });
    expect(await isTemporary()).toEqual([true, true]);
    const without = await call('POST', '/users', { body: { email: 'no-password@example.test' } });
    expect(without.body['password_temporary']).toBe(false);
  });

  it('removes a second factor that somebody has lost, and ends what they have (S39)', async () => {
    const user = await fixture.user();
    await setUpAuthenticator(fixture, user);
    const { data } = (await call('GET', `/users/${user.id}/credentials`)).body as {
      readonly data: readonly object[];
    };
    expect(data).toMatchObject([
      { kind: 'password', set: true },
      { kind: 'totp', set: true, id: 'totp', name: 'Phone' },
      { kind: 'recovery_codes', set: true, left: 10 },
    ]);
    expect(Object.keys(data[1] ?? {}).sort()).toEqual([
      'created_at',
      'id',
      'kind',
      'last_used_at',
      'name',
      'set',
    ]);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      expect((await call('DELETE', `/users/${user.id}/credentials/totp`)).status).toBe(204);
    }
    expect((await call('GET', `/users/${user.id}/credentials`)).body).toMatchObject({
      data: [{ kind: 'password' }, { kind: 'totp', set: false }, { kind: 'recovery_codes', set: false }],
    });
    expect((await call('DELETE', `/users/${user.id}/credentials/other`)).status).toBe(400);
  });

  it('tells of credentials whether they are set, and no more', async () => {
    const { id } = await fixture.user();
    expect((await call('GET', `/users/${id}/credentials`)).body).toEqual({
      data: [
        { kind: 'password', set: true },
        { kind: 'totp', set: false },
        { kind: 'recovery_codes', set: false },
      ],
    });
    const unknown = '019ac000-0000-7000-8000-000000000000';
    for (const part of ['credentials', 'sessions', 'grants']) {
      expect((await call('GET', `/users/${unknown}/${part}`)).status).toBe(404);
    }
  });
});

describe('/users/me', () => {
  it('shows and changes oneself: profile and username, with If-Match', async () => {
    const user = await fixture.user();
    const as = await signIn(user);
    const before = await call('GET', '/users/me', { as });
    expect(before).toMatchObject({ status: 200, body: { id: user.id, email: user.email } });
    const headers = { 'if-match': before.headers.etag ?? '' };
    const body = { nickname: 'Ace', username: 'ace-of-me' };
    expect(await call('PATCH', '/users/me', { as, body, headers })).toMatchObject({ status: 200, body });
    expect((await call('PATCH', '/users/me', { as, body: { nickname: null }, headers })).status).toBe(412);
  });

  it.each([
    'email',
    'email_verified',
    'phone_number_verified',
    'roles',
    'groups',
    'disabled',
    'id',
    'password',
  ])('does not take %s (S62)', async (field) => {
    const user = await fixture.user();
    const as = await signIn(user);
    const answer = await call('PATCH', '/users/me', { as, body: { nickname: 'Ace', [field]: 'x' } });
    expect(answer.status).toBe(422);
    expect(pointersOf(answer)).toEqual([`/${field} unknown_field`]);
    expect((await call('GET', '/users/me', { as })).body).not.toHaveProperty('nickname');
  });

  it('is all that its token is for, and is not for services', async () => {
    const user = await fixture.user();
    const as = await signIn(user);
    expect((await call('GET', '/users', { as })).status).toBe(403);
    expect((await call('GET', `/users/${user.id}`, { as })).status).toBe(403);
    expect((await call('DELETE', `/users/${user.id}/sessions`, { as })).status).toBe(403);
    expect((await call('GET', '/users/me')).status).toBe(403);
  });

  it.each(['disable', 'delete', 'sign out', 'unassign'])(
    'ends with everything else, by %s (S39)',
    async (how) => {
      const user = await fixture.user({ roles: ['reader'] });
      const as = await signIn(user);
      // An id is the same in whatever case.
      const id = user.id.toUpperCase();
      expect((await call('GET', '/users/me', { as })).status).toBe(200);
      const path = { delete: '', 'sign out': '/sessions', unassign: '/roles/reader' }[how];
      const done =
        path === undefined
          ? await call('PATCH', `/users/${id}`, { body: { disabled: true } })
          : await call('DELETE', `/users/${id}${path}`);
      expect(done.status).toBeLessThan(300);
      expect((await call('GET', '/users/me', { as })).status).toBe(401);
    },
  );
});

describe('sessions and grants', () => {
  it('are listed, and a session ends with its tokens', async () => {
    const user = await fixture.user();
    const as = await signIn(user);
    const [session] = listOf(await call('GET', `/users/${user.id}/sessions`));
    expect(session).toEqual({
      id: expect.any(String) as string,
      user_id: user.id,
      signed_in_at: expect.any(String) as string,
      created_at: expect.any(String) as string,
      expires_at: expect.any(String) as string,
      amr: ['pwd'],
      clients: [app.clientId],
    });
    expect(listOf(await call('GET', `/sessions?user_id=${user.id}`))).toEqual([session]);
    const [grant] = listOf(await call('GET', `/grants?user_id=${user.id}&client_id=${app.clientId}`));
    expect(grant).toMatchObject({
      user_id: user.id,
      client_id: app.clientId,
      client_name: 'Shop',
      scopes: ['openid'],
      resources: [{ identifier: api, scopes: ['account'] }],
    });

    const id = String(session?.['id']);
    const other = await fixture.user();
    expect((await call('DELETE', `/users/${other.id}/sessions/${id}`)).status).toBe(204);
    expect((await call('GET', '/users/me', { as })).status).toBe(200);
    expect((await call('DELETE', `/users/${user.id}/sessions/${id}`)).status).toBe(204);
    expect((await call('GET', '/users/me', { as })).status).toBe(401);
    expect((await call('DELETE', `/sessions/${id}`)).status).toBe(204);
    expect(listOf(await call('GET', `/users/${user.id}/sessions`))).toEqual([]);
  });

  it('are taken back for one client, while the session stays', async () => {
    const user = await fixture.user();
    const as = await signIn(user);
    expect((await call('DELETE', `/users/${user.id}/grants/${app.clientId}`)).status).toBe(204);
    expect((await call('DELETE', `/users/${user.id}/grants/${app.clientId}`)).status).toBe(204);
    expect((await call('GET', '/users/me', { as })).status).toBe(401);
    expect(listOf(await call('GET', `/users/${user.id}/grants`))).toEqual([]);
    expect(listOf(await call('GET', `/users/${user.id}/sessions`))).toHaveLength(1);
  });

  it.each([
    ['DELETE', '/sessions/one'],
    ['DELETE', '/users/019ac000-0000-7000-8000-000000000000/sessions'],
    ['DELETE', '/users/019ac000-0000-7000-8000-000000000000/sessions/one'],
    ['DELETE', '/users/019ac000-0000-7000-8000-000000000000/grants/shop'],
  ])('%s %s needs sessions:write', async (method, path) => {
    const as = await serviceToken('users:read', 'users:write');
    const answer = await call(method, path, { as });
    expect(answer).toMatchObject({ status: 403, body: { code: 'insufficient_scope' } });
    expect(answer.headers['www-authenticate']).toContain('scope="sessions:write"');
  });
});
