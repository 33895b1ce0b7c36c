import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { setAccountDisabled } from '../../../src/domain/accounts/set-account-disabled.js';
import { openDatabase } from '../../../src/storage/postgres/database.js';
import { postForm, basic, tokensOf } from '../../support/relying-party-requests.js';
import { registerClient } from '../../../src/domain/clients/register-client.js';
import { startApiServer, type ApiServer } from './api-server.js';

let api: ApiServer;
beforeAll(async () => {
  api = await startApiServer();
});
afterAll(() => api.stop());

const challengeOf = (answer: { headers: Readonly<Record<string, unknown>> }): string =>
  String(answer.headers['www-authenticate']);

describe('who may call', () => {
  it('asks for a token where there is none (RFC 6750 §3)', async () => {
    const answer = await api.call('GET', '/roles', { token: '' });
    expect([answer.status, answer.body['code']]).toEqual([401, 'token_missing']);
    const realm = `realm="${api.issuer}/api/v1"`;
    expect(challengeOf(answer)).toBe(`Bearer ${realm}, DPoP ${realm}, algs="ES256 Ed25519 EdDSA"`);
  });

  it('refuses a token that nobody issued (RFC 6750 §3.1)', async () => {
    const answer = await api.call('GET', '/roles', { token: 'nobody-issued-this' });
    expect([answer.status, answer.body['code']]).toEqual([401, 'invalid_token']);
    expect(challengeOf(answer)).toContain('error="invalid_token"');
  });

  it('names the permission that a token lacks (RFC 6750 §3.1)', async () => {
    const token = await api.serviceToken('users:read');
    const answer = await api.call('GET', '/clients', { token });
    expect([answer.status, answer.body['code']]).toEqual([403, 'insufficient_scope']);
    expect(challengeOf(answer)).toContain('error="insufficient_scope", scope="clients:read"');
  });

  it('refuses a token that is for userinfo and not for the API (RFC 8707 §2.2)', async () => {
    const { application, issuer } = api;
    const { client, secret = '' } = await registerClient(
      { ...application, declaredClientIds: new Set() },
      { name: 'Other', type: 'service', scopes: [] },
    );
    const credentials = { clientId: client.clientId, clientSecret: secret, redirectUri: '' };
    const form = { grant_type: 'client_credentials' };
    const { accessToken } = tokensOf(
      await postForm(`${issuer}/token`, form, { headers: basic(credentials) }),
    );
    expect((await api.call('GET', '/roles', { token: accessToken })).status).toBe(401);
  });

  it('refuses whoever lost their rights before the request was there whole', async () => {
    const { id, token } = await api.userToken('users:read users:write', ['admin']);
    // The last administrator could not be disabled.
    await api.userToken('users:read', ['admin']);
    const text = JSON.stringify({ email: 'slow@example.test' });
    const sending = request(`${api.issuer}/api/v1/users`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'content-length': text.length,
        expect: '100-continue',
      },
    });
    try {
      sending.flushHeaders();
      await once(sending, 'continue');
      sending.write(text.slice(0, 5));
      // By then a server that does not wait has looked at the token of the other request too.
      expect((await api.call('GET', '/users', { token })).status).toBe(200);
      await setAccountDisabled(api.application, id, true);
      sending.end(text.slice(5));
      const [answer] = (await once(sending, 'response')) as [IncomingMessage];
      expect(answer.resume().statusCode).toBe(401);
    } finally {
      sending.destroy();
    }
    expect((await api.call('GET', '/users?email=slow@example.test')).body['data']).toEqual([]);
  });

  it('refuses an expired token', async () => {
    const token = await api.serviceToken('users:read');
    expect((await api.call('GET', '/roles', { token })).status).toBe(200);
    const knex = openDatabase({
      url: api.application.database.url,
      poolSize: 1,
      applicationName: 'latchkey test',
    });
    await knex.raw(
      "update artifacts set expires_at = now() - interval '1 hour' where model = 'ClientCredentials' and created_at = (select max(created_at) from artifacts where model = 'ClientCredentials')",
    );
    await knex.destroy();
    expect((await api.call('GET', '/roles', { token })).status).toBe(401);
  });

  it('refuses a revoked token at once (RFC 7009 §2)', async () => {
    const { application, issuer } = api;
    const resource = `${issuer}/api/v1`;
    const { client, secret = '' } = await registerClient(
      { ...application, declaredClientIds: new Set() },
      { name: 'Gone', type: 'service', scopes: ['users:read'], resources: [resource] },
    );
    const headers = basic({ clientId: client.clientId, clientSecret: secret, redirectUri: '' });
    const form = { grant_type: 'client_credentials', scope: 'users:read', resource };
    const { accessToken: token } = tokensOf(await postForm(`${issuer}/token`, form, { headers }));
    expect((await api.call('GET', '/roles', { token })).status).toBe(200);
    expect((await postForm(`${issuer}/revoke`, { token }, { headers })).status).toBe(200);
    expect((await api.call('GET', '/roles', { token })).status).toBe(401);
  });

  it('gives a user what both token and roles allow', async () => {
    const administrator = await api.userToken('users:read', ['admin']);
    expect((await api.call('GET', '/roles', { token: administrator.token })).status).toBe(200);
    expect((await api.call('GET', '/clients', { token: administrator.token })).status).toBe(403);
    const person = await api.userToken('users:read account');
    expect((await api.call('GET', '/roles', { token: person.token })).status).toBe(403);
    expect((await api.call('GET', '/users/me', { token: person.token })).body['id']).toBe(person.id);
  });
});

describe('what is sent', () => {
  const codeOf = async (...call: Parameters<ApiServer['call']>): Promise<unknown[]> => {
    const { status, body } = await api.call(...call);
    return [status, body['code']];
  };

  it('refuses what is not JSON', async () => {
    expect(await codeOf('POST', '/roles', { text: '{"name": ' })).toEqual([400, 'malformed_body']);
  });

  it('refuses another media type (RFC 9110 §15.5.16)', async () => {
    const headers = { 'content-type': 'text/plain' };
    expect(await codeOf('POST', '/roles', { text: '{}', headers })).toEqual([415, 'unsupported_media_type']);
  });

  it('refuses a body beyond the limit (RFC 9110 §15.5.14)', async () => {
    const text = JSON.stringify({ name: 'x'.repeat(300_000) });
    expect(await codeOf('POST', '/roles', { text })).toEqual([413, 'body_too_large']);
  });

  it('points at each field that is of the wrong type or unknown (RFC 9457 §3, RFC 6901)', async () => {
    const { status, body } = await api.call('POST', '/roles', { body: { name: 7, colour: 'red' } });
    expect(status).toBe(422);
    expect(body['errors']).toEqual([
      expect.objectContaining({ pointer: '/name', code: 'invalid_type' }),
      expect.objectContaining({ pointer: '/colour', code: 'unknown_field' }),
    ]);
  });

  it.each([
    ['/clients?cursor=nonsense', '?cursor'],
    ['/events?cursor=ImEi', '?cursor'],
    ['/roles?limit=201', '?limit'],
    ['/roles?colour=red', '?colour'],
    ['/events?since=yesterday', '?since'],
  ])('refuses the query of %s', async (path, pointer) => {
    const { status, body } = await api.call('GET', path);
    expect(status).toBe(400);
    expect(body['errors']).toEqual([expect.objectContaining({ pointer })]);
  });

  it('tells what a resource takes, and what is none (RFC 9110 §15.5.6)', async () => {
    const answer = await api.call('PUT', '/roles');
    expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, POST']);
    expect((await api.call('GET', '/nothing')).status).toBe(404);
  });

  it('tells how many requests are left', async () => {
    const { headers } = await api.call('GET', '/roles');
    expect(headers['ratelimit-policy']).toBe('"default";q=600;w=60');
    expect(headers['ratelimit']).toMatch(/^"default";r=\d+;t=\d+$/);
  });
});

describe('state of a resource', () => {
  it('answers 304 while nothing changed (RFC 9110 §13.1.2)', async () => {
    await api.call('POST', '/roles', { body: { name: 'tagged' } });
    const { headers } = await api.call('GET', '/roles/tagged');
    const again = { 'if-none-match': String(headers.etag) };
    expect((await api.call('GET', '/roles/tagged', { headers: again })).status).toBe(304);
    await api.call('PATCH', '/roles/tagged', { body: { description: 'Changed' } });
    expect((await api.call('GET', '/roles/tagged', { headers: again })).status).toBe(200);
  });

  it('refuses a change of what changed meanwhile (RFC 9110 §13.1.1)', async () => {
    await api.call('POST', '/roles', { body: { name: 'contested' } });
    const { headers } = await api.call('GET', '/roles/contested');
    const match = { 'if-match': String(headers.etag) };
    const first = { body: { description: 'Mine' }, headers: match };
    expect((await api.call('PATCH', '/roles/contested', first)).status).toBe(200);
    const late = await api.call('PATCH', '/roles/contested', { body: { description: 'No' }, headers: match });
    expect([late.status, late.body['code']]).toEqual([412, 'stale_version']);
    expect((await api.call('DELETE', '/roles/contested', { headers: match })).status).toBe(412);
    expect((await api.call('GET', '/roles/contested')).body['description']).toBe('Mine');
  });
});

describe('Idempotency-Key', () => {
  const client = { client_name: 'Once', type: 'service', scope: 'users:read' };

  it('carries a request out once, and keeps no secret for the replay', async () => {
    const call = { body: client, headers: { 'idempotency-key': 'first' } };
    const first = await api.call('POST', '/clients', call);
    const again = await api.call('POST', '/clients', call);
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.headers['idempotent-replayed']).toBe('true');
    const { client_secret: secret, ...rest } = first.body;
    expect(secret).toMatch(/^lk_cs_/);
    expect(again.body).toEqual(rest);
    expect(again.headers.location).toBe(first.headers.location);
    const knex = openDatabase({
      url: api.application.database.url,
      poolSize: 1,
      applicationName: 'latchkey test',
    });
    const { rows } = await knex.raw<{ rows: { answer: unknown }[] }>('select answer from idempotency_keys');
    await knex.destroy();
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain('lk_cs_');
  });

  it('refuses another request under the same key', async () => {
    const headers = { 'idempotency-key': 'second' };
    await api.call('POST', '/clients', { body: client, headers });
    const other = await api.call('POST', '/clients', { body: { ...client, client_name: 'Twice' }, headers });
    expect([other.status, other.body['code']]).toEqual([422, 'idempotency_key_reused']);
  });

  it('is carried out by one of many that come at once', async () => {
    const body = { name: 'at-once' };
    const headers = { 'idempotency-key': 'third' };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => api.call('POST', '/roles', { body, headers })),
    );
    for (const answer of answers) {
      if (answer.status === 201) continue;
      expect([answer.status, answer.body['code']]).toEqual([409, 'idempotency_key_in_use']);
    }
    expect(
      answers.filter(({ status, headers: sent }) => status === 201 && !sent['idempotent-replayed']),
    ).toHaveLength(1);
  });

  it('gives the key back when the request was refused', async () => {
    const headers = { 'idempotency-key': 'fourth' };
    const refused = { body: { ...client, scope: 'no:such' }, headers };
    expect((await api.call('POST', '/clients', refused)).status).toBe(422);
    expect((await api.call('POST', '/clients', { body: client, headers })).status).toBe(201);
  });
});
