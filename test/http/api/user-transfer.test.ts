import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { API_SCOPES } from '../../../src/domain/resources/api-resource.js';
import { exportLineSchema, importAnswerLineSchema } from '../../../src/http/api/users/transfer-schema.js';
import { send, type HttpAnswer } from '../../support/relying-party-requests.js';
import { startApiServer, type ApiServer } from './api-server.js';

type Line = Readonly<Record<string, unknown>>;

/** By bcryptjs, of "violet herring over Tuesday", cost 4. */
const BCRYPT = '$2b$04$EuQnXKwP3.y1zNhbysjyhOF7u0CGbkX1P40.0AAGA7SwuvS0SlVDK';

let api: ApiServer;
let everything: string;
beforeAll(async () => {
  api = await startApiServer();
  everything = await api.serviceToken(API_SCOPES.join(' '));
});
afterAll(() => api.stop());

const linesOf = (text: string): Line[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);

const toBody = (users: readonly object[]): string =>
  users.map((user) => `${JSON.stringify(user)}\n`).join('');

const importHeaders = (token: string): Record<string, string> => ({
  accept: 'application/x-ndjson',
  authorization: `Bearer ${token}`,
  'content-type': 'application/x-ndjson',
});

function importUsers(
  body: string,
  query = '',
  { token = everything, headers = {} }: { token?: string; headers?: Record<string, string> } = {},
): Promise<HttpAnswer> {
  const sent = { ...importHeaders(token), ...headers };
  return send(`${api.issuer}/api/v1/users/import${query}`, { method: 'POST', headers: sent, body });
}

/** The lines of an answer to an import, each held against its schema. */
function verdictsOf(answer: HttpAnswer): Line[] {
  expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/x-ndjson']);
  const lines = linesOf(answer.text);
  for (const line of lines) importAnswerLineSchema.parse(line);
  return lines;
}

/** An import that a test sends piece by piece. */
function openImport(query = ''): ClientRequest {
  const outgoing = request(`${api.issuer}/api/v1/users/import${query}`, {
    method: 'POST',
    headers: importHeaders(everything),
  });
  // A test that hangs up does not care how its own side takes it.
  outgoing.on('error', () => undefined);
  return outgoing;
}

const findByEmail = async (email: string) =>
  (await api.application.stores.accounts.findByLogin(email))?.account;

const eventsOf = async (type: string): Promise<readonly Line[]> => {
  const { body } = await api.call('GET', `/events?type=${type}`);
  return body['data'] as readonly Line[];
};

const exportUsers = (query = '', token = everything): Promise<HttpAnswer> =>
  send(`${api.issuer}/api/v1/users/export${query}`, { headers: { authorization: `Bearer ${token}` } });

describe('an import', () => {
  it('tells of each line, faulty ones with their faults, and sums up', async () => {
    const users = [
      { email: 'one@import.test', given_name: 'One' },
      { email: 'nonsense', colour: 'red' },
      { email: 'three@import.test', roles: ['no-such'] },
    ];
    const lines = verdictsOf(await importUsers(`${toBody(users)}\r\n{"email": \n`));
    expect(lines).toMatchObject([
      { line: 1, status: 'created' },
      { line: 2, status: 'invalid' },
      { line: 3, status: 'invalid', errors: [{ pointer: '/roles/0', code: 'role_unknown' }] },
      { line: 5, status: 'invalid', errors: [{ pointer: '', code: 'json_invalid' }] },
      { finished: true, created: 1, updated: 0, skipped: 0, invalid: 3, last_line: 5, dry_run: false },
    ]);
    expect((await findByEmail('one@import.test'))?.id).toBe(lines[0]?.['id']);
    expect((await eventsOf('user.imported')).length).toBeGreaterThan(0);
  });

  it('can be tried, sent again, and gone on with', async () => {
    const users = [{ email: 'a@again.test' }, { email: 'b@again.test' }];
    const last = async (query: string) => verdictsOf(await importUsers(toBody(users), query)).at(-1);
    expect(await last('?dry_run=true')).toMatchObject({ created: 2, dry_run: true });
    expect(await findByEmail('a@again.test')).toBeUndefined();
    expect(await last('?resume_after=1')).toMatchObject({ created: 1, last_line: 2 });
    expect(await last('')).toMatchObject({ created: 1, skipped: 1 });
    expect(await last('?on_conflict=fail')).toMatchObject({ invalid: 2 });
    expect(verdictsOf(await importUsers(toBody(users), '?verdicts=invalid'))).toHaveLength(1);
  });

  it('gives nobody more than who imports may do', async () => {
    const token = await api.serviceToken('users:write');
    const body = toBody([{ email: 'mallory@import.test', roles: ['admin'] }]);
    const lines = verdictsOf(await importUsers(body, '', { token }));
    expect(lines[0]).toMatchObject({ status: 'invalid', errors: [{ code: 'insufficient_rights' }] });
  });

  it('tells of what is there for good while the rest is still sent', async () => {
    const outgoing = openImport();
    const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
    outgoing.write(toBody(Array.from({ length: 501 }, (_, index) => ({ email: `n${index}@early.test` }))));
    const [incoming] = await answered;
    expect(incoming.statusCode).toBe(200);
    expect(await findByEmail('n0@early.test')).toBeDefined();
    outgoing.end(toBody([{ email: 'late@early.test' }]));
    const text = (await incoming.setEncoding('utf8').toArray()).join('');
    expect(linesOf(text).at(-1)).toMatchObject({ finished: true, created: 502, last_line: 502 });
  });

  it('that is hung up on keeps what it told of, and takes no line that is not whole', async () => {
    const outgoing = openImport();
    const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
    outgoing.write(toBody(Array.from({ length: 501 }, (_, index) => ({ email: `n${index}@cut.test` }))));
    outgoing.write('{"email":"half@cut.test"}');
    const [incoming] = await answered;
    incoming.on('error', () => undefined);
    const closed = new Promise((resolve) => incoming.once('close', resolve));
    outgoing.destroy();
    await closed;
    // Another import of the same lines comes after what the first may still have been doing.
    const lines = verdictsOf(
      await importUsers(toBody([{ email: 'n499@cut.test' }, { email: 'half@cut.test' }])),
    );
    expect(lines.map(({ status }) => status)).toEqual(['skipped', 'created', undefined]);
  });

  it.each([
    ['a media type of another kind (RFC 9110 §15.5.16)', { 'content-type': 'application/json' }, 415],
    ['an encoding', { 'content-encoding': 'gzip' }, 415],
    ['a key for replays', { 'idempotency-key': 'once' }, 400],
  ])('refuses %s', async (_, headers, status) => {
    const answer = await importUsers(toBody([{ email: 'refused@import.test' }]), '', { headers });
    expect([answer.status, answer.headers['content-type']]).toEqual([
      status,
      expect.stringContaining('application/problem+json'),
    ]);
    expect(await findByEmail('refused@import.test')).toBeUndefined();
  });

  it('is for who may change users, and refuses a query that it does not know', async () => {
    const token = await api.serviceToken('users:read');
    expect((await importUsers('', '', { token })).status).toBe(403);
    expect((await importUsers('', '?on_conflict=perhaps')).status).toBe(400);
  });
});

describe('an export', () => {
  it('is what an import takes, without hashes, and is recorded', async () => {
    const user = { email: 'moves@export.test', password_hash: BCRYPT };
    verdictsOf(await importUsers(toBody([user])));
    const answer = await exportUsers('', await api.serviceToken('users:read'));
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/x-ndjson']);
    expect(answer.headers['content-disposition']).toContain('attachment');
    const lines = linesOf(answer.text);
    for (const line of lines) exportLineSchema.parse(line);
    expect(lines).toContainEqual(expect.objectContaining({ email: 'moves@export.test' }));
    expect(answer.text).not.toContain('password_hash');
    expect(await eventsOf('user.exported')).toMatchObject([{ details: { with_password_hashes: false } }]);
    const again = verdictsOf(await importUsers(answer.text, '?on_conflict=update'));
    expect(again.at(-1)).toMatchObject({ finished: true, created: 0, updated: 0, invalid: 0 });
  });

  it('has hashes only for a caller with every permission', async () => {
    const token = await api.serviceToken('users:read users:write');
    const refused = await exportUsers('?with_password_hashes=true', token);
    expect(refused.status).toBe(403);
    expect(refused.headers['www-authenticate']).toContain('insufficient_scope');
    expect(refused.text).not.toContain(BCRYPT);
    expect((await exportUsers('?with_password_hashes=true')).text).toContain(BCRYPT);
  });

  it('begins nothing for HEAD', async () => {
    const before = (await eventsOf('user.exported')).length;
    const headers = { authorization: `Bearer ${everything}` };
    const answer = await send(`${api.issuer}/api/v1/users/export`, { method: 'HEAD', headers });
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect((await eventsOf('user.exported')).length).toBe(before);
  });
});
