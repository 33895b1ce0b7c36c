import { basic, postForm } from '../../support/relying-party-requests.js';
import { startApiServer, type ApiServer } from './api-server.js';

let api: ApiServer;
beforeAll(async () => {
  api = await startApiServer(`
clients:
  - client_id: declared
    name: Declared
    type: spa
    redirect_uris: [https://declared.example.test/callback]
scopes:
  - name: tickets
    description: See your tickets
    claims: [email]
  - name: tickets:read
    description: Read tickets
resources:
  - identifier: https://api.example.test
    name: Tickets
    scopes: [tickets:read]
`);
});
afterAll(() => api.stop());

const pointersOf = (body: Readonly<Record<string, unknown>>): unknown =>
  (body['errors'] as readonly { readonly pointer: string }[]).map(({ pointer }) => pointer);
const authenticates = async (clientId: string, clientSecret: unknown): Promise<boolean> => {
  const credentials = { clientId, clientSecret: String(clientSecret), redirectUri: '' };
  const form = { grant_type: 'client_credentials' };
  return (await postForm(`${api.issuer}/token`, form, { headers: basic(credentials) })).status === 200;
};
const service = { client_name: 'Robot', type: 'service' };

describe('clients', () => {
  it('are registered, shown, changed and deleted (RFC 7591 §2)', async () => {
    const created = await api.call('POST', '/clients', {
      body: {
        client_name: 'Shop',
        type: 'web',
        redirect_uris: ['https://shop.example.test/callback'],
        client_uri: 'https://shop.example.test/',
        backchannel_logout_uri: 'https://shop.example.test/logout',
      },
    });
    const id = String(created.body['client_id']);
    expect(created.headers.location).toBe(`${api.issuer}/api/v1/clients/${id}`);
    expect(created.body['client_secret']).toMatch(/^lk_cs_/);

    const shown = await api.call('GET', `/clients/${id}`);
    expect(shown.text).not.toContain('lk_cs_');
    const changed = await api.call('PATCH', `/clients/${id}`, {
      body: { client_name: 'Store', client_uri: null, backchannel_logout_uri: null, first_party: true },
      headers: { 'if-match': String(shown.headers.etag), 'content-type': 'application/merge-patch+json' },
    });
    expect(changed.body).toMatchObject({ client_name: 'Store', first_party: true });
    expect(Object.keys(changed.body)).not.toContain('client_uri');
    expect(Object.keys(changed.body)).not.toContain('backchannel_logout_uri');

    expect((await api.call('DELETE', `/clients/${id}`)).status).toBe(204);
    expect((await api.call('DELETE', `/clients/${id}`)).status).toBe(204);
    expect((await api.call('GET', `/clients/${id}`)).status).toBe(404);
  });

  it('are refused with every fault under its own name', async () => {
    const { status, body } = await api.call('POST', '/clients', {
      body: {
        client_name: ' ',
        type: 'web',
        redirect_uris: ['https://shop.example.test/*'],
        scope: 'openid no:such',
        client_uri: 'nowhere',
        response_types: ['code', 'id_token'],
      },
    });
    expect(status).toBe(422);
    expect(pointersOf(body)).toEqual(
      expect.arrayContaining([
        '/client_name',
        '/redirect_uris/0',
        '/scope',
        '/client_uri',
        '/response_types',
      ]),
    );
  });

  it('are listed page by page, declared ones too, and the list says where it goes on (RFC 8288 §3)', async () => {
    for (const name of ['One', 'Two', 'Three']) {
      await api.call('POST', '/clients', { body: { ...service, client_name: name } });
    }
    const seen: string[] = [];
    for (let path = '/clients?limit=2', page = 0; ; page += 1) {
      const { body, headers } = await api.call('GET', path);
      seen.push(...(body['data'] as { client_id: string }[]).map((client) => client.client_id));
      if (body['next_cursor'] === null) break;
      const [, next = ''] = /^<\/api\/v1(.*)>; rel="next"$/.exec(String(headers['link'])) ?? [];
      path = next;
      if (page > 20) throw new Error('The list has no end.');
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(['declared', 'latchkey-api-docs']));
  });

  it('of the configuration file are only read', async () => {
    const calls = [
      api.call('PATCH', '/clients/declared', { body: { client_name: 'Mine' } }),
      api.call('DELETE', '/clients/declared'),
      api.call('POST', '/clients/declared/secrets', { body: {} }),
    ];
    for (const { status, body } of await Promise.all(calls)) {
      expect([status, body['code']]).toEqual([409, 'declared_in_configuration']);
    }
    const taken = await api.call('POST', '/clients', { body: { ...service, client_id: 'declared' } });
    expect(taken.status).toBe(409);
  });

  it('cannot be given what the caller lacks', async () => {
    const token = await api.serviceToken('clients:read clients:write');
    const strong = { ...service, scope: 'users:write' };
    const refused = await api.call('POST', '/clients', { token, body: strong });
    expect([refused.status, refused.body['code']]).toEqual([403, 'insufficient_rights']);
    const { body } = await api.call('POST', '/clients', { body: strong });
    const path = `/clients/${String(body['client_id'])}`;
    expect((await api.call('POST', `${path}/secrets`, { token, body: {} })).status).toBe(403);
    expect((await api.call('PATCH', path, { token, body: { client_name: 'Mine' } })).status).toBe(403);
    const weak = await api.call('POST', '/clients', { token, body: service });
    const own = `/clients/${String(weak.body['client_id'])}`;
    expect((await api.call('PATCH', own, { token, body: { scope: 'keys:write' } })).status).toBe(403);
  });
});

describe('secrets of a client', () => {
  it('may be several at once, and each is removed alone', async () => {
    const { body } = await api.call('POST', '/clients', { body: service });
    const id = String(body['client_id']);
    const second = await api.call('POST', `/clients/${id}/secrets`, { body: {} });
    expect(second.body['earlier_secrets_expire_at']).toBeNull();
    expect(await authenticates(id, body['client_secret'])).toBe(true);
    expect(await authenticates(id, second.body['client_secret'])).toBe(true);

    const list = await api.call('GET', `/clients/${id}/secrets`);
    expect(list.text).not.toContain('lk_cs_');
    const [first] = list.body['data'] as { id: string }[];
    const path = `/clients/${id}/secrets/${first?.id ?? ''}`;
    expect((await api.call('DELETE', path)).status).toBe(204);
    expect((await api.call('DELETE', path)).status).toBe(204);
    expect((await api.call('DELETE', `/clients/${id}/secrets/%00nonsense`)).status).toBe(204);
    expect(await authenticates(id, body['client_secret'])).toBe(false);
    expect(await authenticates(id, second.body['client_secret'])).toBe(true);
  });

  it('end by rotation, at once or later', async () => {
    const { body } = await api.call('POST', '/clients', { body: service });
    const id = String(body['client_id']);
    const later = await api.call('POST', `/clients/${id}/secrets`, { body: { keep_old_for_seconds: 3600 } });
    expect(later.body['earlier_secrets_expire_at']).not.toBeNull();
    expect(await authenticates(id, body['client_secret'])).toBe(true);
    const now = await api.call('POST', `/clients/${id}/secrets`, { body: { keep_old_for_seconds: 0 } });
    expect(await authenticates(id, body['client_secret'])).toBe(false);
    expect(await authenticates(id, later.body['client_secret'])).toBe(false);
    expect(await authenticates(id, now.body['client_secret'])).toBe(true);
  });

  it('are bounded in number', async () => {
    const { body } = await api.call('POST', '/clients', { body: service });
    const path = `/clients/${String(body['client_id'])}/secrets`;
    for (let made = 1; made < 10; made += 1) {
      expect((await api.call('POST', path, { body: {} })).status).toBe(201);
    }
    expect((await api.call('POST', path, { body: {} })).status).toBe(422);
  });

  it('leave events without their texts', async () => {
    const { body } = await api.call('POST', '/clients', { body: service });
    const id = String(body['client_id']);
    const made = await api.call('POST', `/clients/${id}/secrets`, { body: {} });
    await api.call('DELETE', `/clients/${id}/secrets/${String(made.body['id'])}`);
    const events = await api.call('GET', `/events?client_id=${id}`);
    expect((events.body['data'] as { type: string }[]).map(({ type }) => type)).toEqual([
      'client.secret_removed',
      'client.secret_rotated',
      'client.created',
    ]);
    expect(events.text).not.toContain('lk_cs_');
  });
});

describe('preview', () => {
  it('tells the claims that a client would get of a user (OpenID Connect Core 1.0 §5.4)', async () => {
    const { id } = await api.userToken('account');
    const created = await api.call('POST', '/clients', {
      body: {
        client_name: 'Shop',
        type: 'web',
        redirect_uris: ['https://shop.example.test/callback'],
        scope: 'openid email profile',
        allowed_roles: ['admin'],
      },
    });
    const clientId = String(created.body['client_id']);
    const path = `/clients/${clientId}/preview?user_id=${id}&scope=openid%20email%20phone`;
    const { body } = await api.call('GET', path);
    expect(body).toMatchObject({
      scope: 'openid email',
      may_sign_in: false,
      id_token: { iss: api.issuer, aud: clientId, sub: id },
    });
    expect(Object.keys(body['userinfo'] as object).sort()).toEqual(['email', 'email_verified', 'sub']);
    const nobody = path.replace(id, '01890000-0000-7000-8000-000000000000');
    expect((await api.call('GET', nobody)).status).toBe(404);
  });
});

describe('scopes and resource servers', () => {
  it('are those of the product and those that are declared', async () => {
    const scopes = await api.call('GET', '/scopes?limit=200');
    expect(scopes.body['data']).toEqual(
      expect.arrayContaining([
        { name: 'tickets', description: 'See your tickets', claims: ['email'], source: 'configuration' },
        { name: 'users:read', description: null, claims: [], source: 'built_in' },
        expect.objectContaining({ name: 'openid', source: 'built_in' }),
      ]),
    );
    const resources = await api.call('GET', '/resources');
    expect(resources.body['data']).toEqual([
      expect.objectContaining({
        identifier: `${api.issuer}/api/v1`,
        access_token_format: 'opaque',
        source: 'built_in',
      }),
      expect.objectContaining({ identifier: 'https://api.example.test', source: 'configuration' }),
    ]);
  });
});
