import { randomUUID } from 'node:crypto';
import { createAccount } from '../../../src/domain/accounts/create-account.js';
import { setAccountDisabled } from '../../../src/domain/accounts/set-account-disabled.js';
import { send } from '../../support/relying-party-requests.js';
import { startApiServer, type ApiServer } from './api-server.js';

const NOBODY = '018f22e2-79b0-7cc3-98c4-dc0c0c07398f';

let server: ApiServer;
let count = 0;

beforeAll(async () => {
  server = await startApiServer();
});
afterAll(() => server.stop());

async function user(roles: readonly string[] = []): Promise<string> {
  count += 1;
  return (await createAccount(server.application, { email: `linked${count}@example.test`, roles })).id;
}

const codeOf = async (call: ReturnType<ApiServer['call']>) => {
  const { status, body } = await call;
  return [status, body['code']];
};

describe.each([
  ['password-reset', 'reset-password', 30 * 60, 'password.reset_requested'],
  ['sign-in-links', 'sign-in-link', 15 * 60, 'sign_in_link.requested'],
  ['email-verification', 'verify-email', 24 * 60 * 60, 'email.verification_requested'],
] as const)('POST /users/{id}/%s', (resource, page, seconds, type) => {
  test('answers a link of the issuer that opens its page, and tells the audit log who asked (S63)', async () => {
    const id = await user();
    const { status, headers, body } = await server.call('POST', `/users/${id}/${resource}`);
    expect([status, headers['cache-control']]).toEqual([201, 'no-store']);
    expect(body).toEqual({
      url: expect.stringMatching(new RegExp(`^${server.issuer}/${page}/[\\w-]{43}$`)) as string,
      expires_at: expect.any(String) as string,
      sent: false,
    });
    expect((await send(String(body['url']))).status).toBe(200);

    const { events } = await server.application.auditReader.list({ limit: 5, subjectId: id, types: [type] });
    expect(events).toMatchObject([
      { actor: { kind: 'client' }, details: { expires_at: body['expires_at'] } },
    ]);
    const at = events[0]?.at.getTime() ?? 0;
    const lifetime = (Date.parse(String(body['expires_at'])) - at) / 1000;
    expect(Math.round(lifetime / 60)).toBe(seconds / 60);
    expect(JSON.stringify(events)).not.toContain(String(body['url']).split('/').at(-1));
  });

  test('mails it instead with `send`, and tells it to nobody', async () => {
    const id = await user();
    const answer = await server.call('POST', `/users/${id}/${resource}`, { body: { send: true } });
    expect(answer).toMatchObject({ status: 201, body: { sent: true } });
    expect(JSON.stringify(answer.body)).not.toContain('http');
    const { stores } = server.application;
    const kept = (await stores.mailQueue.listKept(10)).filter(({ mail }) => mail.accountId === id);
    expect(kept).toHaveLength(1);
    const { link } = kept[0]?.mail.values as { link: string };
    expect((await send(link)).status).toBe(200);

    const { body } = await server.call('GET', '/mails');
    expect(JSON.stringify(body)).toContain(kept[0]?.record.id);
    expect(JSON.stringify(body)).not.toMatch(/@|http/);
  });

  test('ends the link before it', async () => {
    const id = await user();
    const first = await server.call('POST', `/users/${id}/${resource}`);
    const second = await server.call('POST', `/users/${id}/${resource}`);
    expect((await send(String(first.body['url']))).status).toBe(404);
    expect((await send(String(second.body['url']))).status).toBe(200);
  });

  test('is carried out once under an Idempotency-Key, and keeps the link out of the replay', async () => {
    const id = await user();
    const headers = { 'idempotency-key': randomUUID() };
    const first = await server.call('POST', `/users/${id}/${resource}`, { headers });
    const replay = await server.call('POST', `/users/${id}/${resource}`, { headers });
    expect(replay.headers['idempotent-replayed']).toBe('true');
    expect(replay.body).toEqual({ expires_at: first.body['expires_at'], sent: false });
    expect((await send(String(first.body['url']))).status).toBe(200);
    const kept = JSON.stringify(await server.application.database.knex('idempotency_keys'));
    expect(kept).not.toContain(String(first.body['url']).split('/').at(-1));
  });

  test('is refused without users:write, for nobody, for a disabled user, for an id that is none', async () => {
    const id = await user();
    const path = `/users/${id}/${resource}`;
    expect((await server.call('POST', path, { token: '' })).status).toBe(401);
    const reader = await server.serviceToken('users:read');
    expect(await codeOf(server.call('POST', path, { token: reader }))).toEqual([403, 'insufficient_scope']);
    expect(await codeOf(server.call('POST', `/users/${NOBODY}/${resource}`))).toEqual([404, 'not_found']);
    expect(await codeOf(server.call('POST', `/users/x/${resource}`))).toEqual([400, 'invalid_input']);
    await setAccountDisabled(server.application, id, true);
    expect(await codeOf(server.call('POST', path))).toEqual([409, 'account_disabled']);
  });
});

test('whoever may only write users gets no link to take an administrator over (S61)', async () => {
  const admin = await user(['admin']);
  const token = await server.serviceToken('users:write');
  const path = `/users/${admin}/password-reset`;
  expect(await codeOf(server.call('POST', path, { token }))).toEqual([403, 'insufficient_rights']);
  expect((await server.call('POST', path)).status).toBe(201);
  expect((await server.call('POST', `/users/${await user()}/password-reset`, { token })).status).toBe(201);
});
