import { API_SCOPES } from '../../../src/domain/resources/api-resource.js';
import { isWrite, membersOf, operationsOf, type ApiOperation } from '../../support/api-document.js';
import { checksumOfTables } from '../../support/api-state.js';
import { makeTargets, sampleBody, sampleRequest } from '../../support/api-targets.js';
import { startApiServer, type ApiServer } from './api-server.js';

/** What decides over who somebody is and what they may do: only some operations take these, and none of one's own. */
const PRIVILEGED = [
  'id',
  'email',
  'email_verified',
  'phone_number_verified',
  'roles',
  'effective_roles',
  'groups',
  'permissions',
  'disabled',
  'password',
  'password_hash',
  'built_in',
  'source',
  'version',
  'created_at',
  'updated_at',
  '__proto__',
];

let api: ApiServer;
/** Those that take one JSON object. */
let writes: readonly ApiOperation[];
let person: { readonly id: string; readonly token: string };

beforeAll(async () => {
  api = await startApiServer();
  const { body } = await api.call('GET', '/openapi.json', { token: '' });
  writes = operationsOf(body).filter(
    (operation) =>
      isWrite(operation) &&
      operation.body?.type !== 'application/x-ndjson' &&
      operation.body?.schema['type'] === 'object',
  );
  // A user with all permissions, so that nothing but the field is at fault.
  person = await api.userToken(API_SCOPES.join(' '), ['admin']);
}, 60_000);
afterAll(() => api.stop());

const isOwn = ({ scopes }: ApiOperation): boolean => scopes?.includes('account') === true;

/** Everything that a resource has and the operation does not take. */
function foreignFields(operation: ApiOperation): readonly string[] {
  const taken = membersOf(operation.body?.schema);
  const shown = membersOf(operation.responses.get(operation.success)?.schema);
  return [...new Set([...shown, ...PRIVILEGED])].filter((field) => !taken.includes(field));
}

/** With `__proto__` as a member of its own, as `JSON.parse` makes it and no literal does. */
function withField(body: unknown, field: string, value: unknown): string {
  const rest = JSON.stringify(body).slice(1, -1);
  return `{${rest}${rest === '' ? '' : ','}${JSON.stringify(field)}:${JSON.stringify(value)}}`;
}

describe('every operation that takes a body (S61)', () => {
  it('is closed: its schema names all that it takes', () => {
    expect(writes.length).toBeGreaterThan(10);
    const open = writes.filter(({ body }) => body?.schema['additionalProperties'] !== false);
    expect(open.map(({ id }) => id)).toEqual([]);
  });

  it('refuses each field that it does not take, names it, and changes nothing', async () => {
    for (const operation of writes) {
      const targets = await makeTargets(api);
      const request = sampleRequest(operation, targets);
      const before = await checksumOfTables(api.application.database.knex);
      for (const field of foreignFields(operation)) {
        const answer = await api.call(operation.method.toUpperCase(), request.path, {
          token: person.token,
          headers: request.headers,
          text: withField(sampleBody(operation), field, true),
        });
        const errors = answer.body['errors'] as readonly { pointer: string; code: string }[] | undefined;
        const pointers = errors?.map(({ pointer, code }) => `${pointer} ${code}`);
        expect([operation.id, field, answer.status, pointers]).toEqual([
          operation.id,
          field,
          422,
          [`/${field} unknown_field`],
        ]);
      }
      expect([operation.id, await checksumOfTables(api.application.database.knex)]).toEqual([
        operation.id,
        before,
      ]);
    }
  }, 60_000);
});

describe('what users change about themselves (S62)', () => {
  it('is none of what decides over who they are and what they may do', () => {
    const own = writes.filter(isOwn);
    expect(own.map(({ id }) => id)).toEqual(['updateOwnUser']);
    for (const operation of own) {
      expect(PRIVILEGED.filter((field) => !foreignFields(operation).includes(field))).toEqual([]);
    }
  });

  it('leaves all that as it is, whatever the values', async () => {
    const { id, token } = await api.userToken('account');
    const before = await checksumOfTables(api.application.database.knex);
    const values: Readonly<Record<string, readonly unknown[]>> = {
      email: ['mine@example.test', null],
      email_verified: [false, true, null],
      phone_number_verified: [true, null],
      roles: [['admin'], [], null],
      groups: [[{ name: 'Admins' }], null],
      disabled: [true, false],
      id: [person.id, id],
    };
    for (const [field, tried] of Object.entries(values)) {
      for (const value of tried) {
        const body = { nickname: 'Ace', [field]: value };
        const answer = await api.call('PATCH', '/users/me', { token, body });
        expect([field, value, answer.status]).toEqual([field, value, 422]);
      }
    }
    expect(await checksumOfTables(api.application.database.knex)).toEqual(before);
    expect((await api.call('GET', '/users/me', { token })).body).not.toHaveProperty('nickname');
  });
});
