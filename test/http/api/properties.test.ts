import fc from 'fast-check';
import { faultOf } from '../../support/api-answers.js';
import { membersOf, operationsOf, type ApiOperation } from '../../support/api-document.js';
import { anyRequest, type AnyRequest, type Names } from '../../support/api-requests.js';
import { makeTargets, sampleBody, sampleRequest, type ApiTargets } from '../../support/api-targets.js';
import { API_SCOPES } from '../../../src/domain/resources/api-resource.js';
import { send, type HttpAnswer } from '../../support/relying-party-requests.js';
import { startApiServer, type ApiServer } from './api-server.js';

const REQUESTS = 5000;
/** Another one tries other requests; a failure tells the seed and the smallest request that fails. */
const SEED = Number(process.env['API_SEED'] ?? 20261123);
/** So many that none comes to the limit of requests within a minute. */
const SERVICES = 16;

let api: ApiServer;
let operations: readonly ApiOperation[];
let names: Names;
/** Tokens of services that may do everything. */
const services: string[] = [];
/** Tokens of callers who may do less, or nothing. */
const others: string[] = [];
/** Of somebody with an account. */
let person: string;

beforeAll(async () => {
  api = await startApiServer();
  operations = operationsOf((await api.call('GET', '/openapi.json', { token: '' })).body);
  names = await makeNames();
  for (let index = 0; index < SERVICES; index += 1) {
    services.push(await api.serviceToken(API_SCOPES.join(' ')));
  }
  person = (await api.userToken('account')).token;
  others.push('', 'made-up', await api.serviceToken('users:read'), await api.serviceToken('users:write'));
}, 60_000);
afterAll(() => api.stop());

async function makeNames(): Promise<Names> {
  const targets = [];
  for (let index = 0; index < 12; index += 1) targets.push(await makeTargets(api));
  const users = targets.map(({ userId }) => userId);
  const groups = targets.map(({ groupId }) => groupId);
  const clients = targets.map(({ clientId }) => clientId);
  const roles = [...targets.map(({ role }) => role), 'admin'];
  const secrets = targets.map(({ secretId }) => secretId);
  const cursors = [];
  for (const list of ['users', 'groups', 'clients', 'roles', 'grants', 'sessions', 'events', 'scopes']) {
    cursors.push(String((await api.call('GET', `/${list}?limit=1`)).body['next_cursor']));
  }
  return {
    cursors,
    all: [...users, ...groups, ...clients, ...roles, ...secrets],
    byParameter: {
      'users/id': users,
      'groups/id': groups,
      'clients/id': clients,
      'invitations/id': targets.map(({ invitationId }) => invitationId),
      'mails/id': targets.map(({ mailId }) => mailId),
      'logout-deliveries/id': targets.map(({ logoutDeliveryId }) => logoutDeliveryId),
      user_id: users,
      client_id: clients,
      secret_id: secrets,
      role: roles,
      name: roles,
    },
  };
}

function tokenOf(operation: ApiOperation, { caller }: AnyRequest): string {
  if (caller % 10 === 0) return others[caller % others.length] ?? '';
  if (operation.scopes?.includes('account')) return person;
  return services[caller % services.length] ?? '';
}

/** Percent-encodes as a URL does, also halves of characters, which `encodeURIComponent` refuses. */
function encode(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString());
}

async function sendRequest(operation: ApiOperation, request: AnyRequest): Promise<HttpAnswer> {
  const { params, query, body, headers } = request;
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encode(params[name] ?? ''));
  const search = query.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
  const token = tokenOf(operation, request);
  return send(`${api.issuer}/api/v1${path}${search === '' ? '' : `?${search}`}`, {
    method: operation.method.toUpperCase(),
    headers: {
      accept: 'application/json',
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      ...(body?.type === undefined ? {} : { 'content-type': body.type }),
      ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body.text)) }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: body.text }),
  });
}

it(`answers ${REQUESTS} requests of a client made from the document as the document says, and none with a 5xx`, async () => {
  const answered = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(anyRequest(operations, names), async (request) => {
      const operation = operations.find(({ id }) => id === request.id);
      if (!operation) throw new Error(`There is no operation ${request.id}.`);
      const answer = await sendRequest(operation, request);
      const fault = faultOf(operation, answer);
      if (fault !== undefined) throw new Error(fault);
      const key = `${request.id} ${answer.status}`;
      answered.set(key, (answered.get(key) ?? 0) + 1);
    }),
    { numRuns: REQUESTS, seed: SEED, endOnFailure: false },
  );

  // Else the test would tell nothing: every operation was carried out at least once, and nobody was turned away
  // for asking too often.
  const statuses = [...answered.keys()];
  expect(statuses.filter((key) => key.endsWith(' 429'))).toEqual([]);
  const never = operations.filter(({ id, success }) => !answered.has(`${id} ${success}`));
  expect(never.map(({ id }) => id)).toEqual([]);
  for (const status of [400, 401, 403, 404, 409, 412, 413, 415, 422]) {
    expect([status, statuses.some((key) => key.endsWith(` ${status}`))]).toEqual([status, true]);
  }
}, 180_000);

it('answers the worst texts in each parameter and member, one at a time, as the document says', async () => {
  const faults: string[] = [];
  let sent = 0;
  for (const operation of operations) {
    const targets = await makeTargets(api);
    const params = paramsOf(operation, targets);
    const sample = sampleBody(operation);
    const parts = [
      ...operation.parameters.filter((parameter) => parameter.in !== 'header'),
      ...membersOf(operation.body?.schema).map((name) => ({ name, in: 'body' as const })),
    ];
    for (const part of parts) {
      for (const text of WORST_TEXTS) {
        sent += 1;
        const member = part.in === 'body' ? { [part.name]: text } : {};
        const answer = await sendRequest(operation, {
          id: operation.id,
          params: part.in === 'path' ? { ...params, [part.name]: text } : params,
          query: part.in === 'query' ? [[part.name, text]] : [],
          body: operation.body && {
            type: operation.body.type,
            text: JSON.stringify({ ...(sample as object), ...member }),
          },
          headers: {},
          caller: sent % 10 === 0 ? sent + 1 : sent,
        });
        const fault = faultOf(operation, answer);
        if (fault !== undefined) faults.push(`${part.in} ${part.name} ${JSON.stringify(text)}: ${fault}`);
      }
    }
  }
  expect(faults).toEqual([]);
  expect(sent).toBeGreaterThan(500);
}, 120_000);

it('refuses a body that is nested beyond all sense, and goes on', async () => {
  const deep = '['.repeat(30_000) + ']'.repeat(30_000);
  const texts = [deep, `{"client_name":"Deep","type":"service","jwks":{"keys":${deep}}}`];
  for (const text of texts) {
    const { status, body } = await api.call('POST', '/clients', { text });
    expect([status, body['code']]).toEqual([400, 'malformed_body']);
  }
  // Brackets within a text do not count.
  const name = { name: 'deep', description: '[{'.repeat(100) + '\\"[' };
  expect((await api.call('POST', '/roles', { body: name })).status).toBe(201);
  const headers = { 'content-type': 'application/x-ndjson' };
  const imported = await api.call('POST', '/users/import', { text: `{"email":${deep}}\n`, headers });
  expect(imported.status).toBe(200);
});

/** That PostgreSQL, a URL, an address, a regular expression or a path could stumble over. */
const WORST_TEXTS = ['\0', 'a\0b@example.test', '\uD800', "'; drop table accounts; --", '%00', '\u202E'];

function paramsOf(operation: ApiOperation, targets: ApiTargets): Readonly<Record<string, string>> {
  const { path } = sampleRequest(operation, targets);
  const steps = (path.split('?')[0] ?? '').split('/');
  return Object.fromEntries(
    operation.path
      .split('/')
      .flatMap((step, index) =>
        step.startsWith('{') ? [[step.slice(1, -1), decodeURIComponent(steps[index] ?? '')]] : [],
      ),
  );
}
