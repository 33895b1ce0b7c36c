import { createGroup } from '../../../src/domain/groups/create-group.js';
import { addGroupMember } from '../../../src/domain/groups/group-membership.js';
import { registerClient } from '../../../src/domain/clients/register-client.js';
import { API_SCOPES, apiResourceIdentifier } from '../../../src/domain/resources/api-resource.js';
import { createRole } from '../../../src/domain/roles/create-role.js';
import { OPERATOR } from '../../../src/domain/roles/grantor.js';
import { PERMISSIONS } from '../../../src/domain/roles/permission.js';
import { checksumOfTables } from '../../support/api-state.js';
import { startApiServer, type ApiServer } from './api-server.js';

/** What somebody at a help desk may do: not `keys:write`, `events:read` and the clients. */
const HELP_DESK = ['users:read', 'users:write', 'sessions:write'] as const;
const PASSWORD = { password: 'seven slow rivers, one bridge' };

interface World {
  /** Signed in by a client, with a session and a grant. */
  readonly admin: { readonly id: string; readonly session: string; readonly client: string };
  /** Has a role that permits what the help desk does not. */
  readonly keeper: string;
  /** A member of a group whose role permits that. */
  readonly member: string;
  /** Of administrators. */
  readonly admins: string;
  /** Without roles; the administrator belongs to it. */
  readonly club: string;
  readonly plain: string;
}

let api: ApiServer;
let world: World;
/** Whose token may do what a help desk does: a service, and a user by role. */
const helpDesks: { readonly id?: string; readonly token: string }[] = [];

beforeAll(async () => {
  api = await startApiServer();
  const { application } = api;
  await createRole(application, OPERATOR, { name: 'help-desk', permissions: HELP_DESK });
  await createRole(application, OPERATOR, { name: 'keeper', permissions: ['users:read', 'keys:write'] });
  await createRole(application, OPERATOR, { name: 'harmless' });
  const { id: admins } = await createGroup(application, OPERATOR, {
    name: 'Administrators',
    roles: ['admin'],
  });
  const { id: club } = await createGroup(application, OPERATOR, { name: 'Club' });
  const admin = await api.userToken(API_SCOPES.join(' '), ['admin']);
  const [keeper, member, plain] = [
    (await api.userToken('account', ['keeper', 'harmless'])).id,
    (await api.userToken('account')).id,
    (await api.userToken('account')).id,
  ];
  await addGroupMember(application, OPERATOR, { groupId: admins, accountId: member });
  await addGroupMember(application, OPERATOR, { groupId: club, accountId: admin.id });
  helpDesks.push(
    { token: await api.serviceToken(HELP_DESK.join(' ')) },
    await api.userToken(API_SCOPES.join(' '), ['help-desk']),
  );
  const sessions = (await api.call('GET', `/users/${admin.id}/sessions`)).body['data'];
  const grants = (await api.call('GET', `/users/${admin.id}/grants`)).body['data'];
  const session = String((sessions as { id: string }[])[0]?.id);
  const client = String((grants as { client_id: string }[])[0]?.client_id);
  world = { admin: { id: admin.id, session, client }, keeper, member, admins, club, plain };
}, 60_000);
afterAll(() => api.stop());

type Attempt = readonly [method: string, path: string, body?: unknown];

/** Tries as everybody of the help desk, and sees that nothing comes of it. */
async function isRefused([method, path, body]: Attempt): Promise<void> {
  for (const { token } of helpDesks) {
    const before = await checksumOfTables(api.application.database.knex);
    const answer = await api.call(method, path, { token, ...(body !== undefined && { body }) });
    expect([answer.status, answer.body['code']]).toEqual([403, 'insufficient_rights']);
    expect(await checksumOfTables(api.application.database.knex)).toEqual(before);
  }
}

describe('nobody gives what they lack (S61, CVE-2026-9796)', () => {
  it.each<[string, (world: World) => Attempt]>([
    ['a new user with a role', () => ['POST', '/users', { email: 'n@example.test', roles: ['keeper'] }]],
    ['a user a list of roles', ({ plain }) => ['PATCH', `/users/${plain}`, { roles: ['admin'] }]],
    ['a user one role', ({ plain }) => ['PUT', `/users/${plain}/roles/keeper`]],
    ['a user a membership', ({ plain, admins }) => ['PUT', `/groups/${admins}/members/${plain}`]],
    ['a new group a role', () => ['POST', '/groups', { name: 'New', roles: ['harmless', 'keeper'] }]],
    ['a group a list of roles', ({ club }) => ['PATCH', `/groups/${club}`, { roles: ['keeper'] }]],
    ['a group one role', ({ club }) => ['PUT', `/groups/${club}/roles/admin`]],
    ['a new role a permission', () => ['POST', '/roles', { name: 'new', permissions: ['keys:write'] }]],
    [
      'a role a permission',
      () => ['PATCH', '/roles/harmless', { permissions: ['users:read', 'events:read'] }],
    ],
  ])('to %s', async (_whom, attempt) => {
    await isRefused(attempt(world));
  });

  it('to themselves', async () => {
    const user = helpDesks.find(({ id }) => id !== undefined);
    const id = String(user?.id);
    await isRefused(['PATCH', `/users/${id}`, { roles: ['help-desk', 'admin'] }]);
    await isRefused(['PUT', `/users/${id}/roles/admin`]);
    await isRefused(['PUT', `/groups/${world.admins}/members/${id}`]);
    await isRefused(['PATCH', '/roles/help-desk', { permissions: PERMISSIONS }]);
  });

  it('to a client, whose tokens would be theirs (S61)', async () => {
    const resource = apiResourceIdentifier(api.issuer);
    const { client } = await registerClient(
      { ...api.application, declaredClientIds: new Set() },
      { name: 'Robot', type: 'service', scopes: ['keys:write'], resources: [resource] },
    );
    const token = await api.serviceToken('clients:read clients:write');
    const body = { client_name: 'Mine', type: 'service', scope: 'users:write', resources: [resource] };
    const secret = client.secrets[0]?.id ?? '';
    for (const [method, path, sent] of [
      ['POST', '/clients', body],
      ['PATCH', `/clients/${client.clientId}`, { client_name: 'Mine' }],
      ['POST', `/clients/${client.clientId}/secrets`, {}],
      ['DELETE', `/clients/${client.clientId}/secrets/${secret}`],
      ['DELETE', `/clients/${client.clientId}`],
    ] as const) {
      const answer = await api.call(method, path, { token, ...(sent !== undefined && { body: sent }) });
      expect([method, path, answer.status, answer.body['code']]).toEqual([
        method,
        path,
        403,
        'insufficient_rights',
      ]);
    }
    const redirect = { redirect_uris: ['https://evil.example.test/'] };
    const docs = await api.call('PATCH', '/clients/latchkey-api-docs', { token, body: redirect });
    expect([docs.status, docs.body['code']]).toEqual([409, 'declared_in_configuration']);
  });
});

describe('nobody takes over an account that may do more than they (S61)', () => {
  const ways: readonly [string, (id: string, world: World) => Attempt][] = [
    ['disabling it', (id) => ['PATCH', `/users/${id}`, { disabled: true }]],
    ['deleting it', (id) => ['DELETE', `/users/${id}`]],
    ['changing its email', (id) => ['PATCH', `/users/${id}`, { email: 'mine@example.test' }]],
    ['changing whether its email is verified', (id) => ['PATCH', `/users/${id}`, { email_verified: false }]],
    ['changing its username', (id) => ['PATCH', `/users/${id}`, { username: 'mine' }]],
    ['setting its password', (id) => ['PUT', `/users/${id}/password`, PASSWORD]],
    ['asking for a link to reset it', (id) => ['POST', `/users/${id}/password-reset`]],
    ['signing it out everywhere', (id) => ['DELETE', `/users/${id}/sessions`]],
    [
      'naming it as another system does',
      (id) => ['POST', '/global-token-revocation', { sub_id: { format: 'opaque', id } }],
    ],
    [
      'taking back what a client may do',
      (id, { admin }) => ['DELETE', `/users/${id}/grants/${admin.client}`],
    ],
    ['giving it a role', (id) => ['PUT', `/users/${id}/roles/help-desk`]],
    ['taking a role from it', (id) => ['DELETE', `/users/${id}/roles/harmless`]],
    ['taking it into a group', (id, { club }) => ['PUT', `/groups/${club}/members/${id}`]],
    ['taking it out of a group', (id, { club }) => ['DELETE', `/groups/${club}/members/${id}`]],
  ];

  it.each(ways)('by %s', async (_way, attempt) => {
    for (const id of [world.admin.id, world.keeper, world.member]) await isRefused(attempt(id, world));
  });

  it('by ending one of its sessions', async () => {
    const { id, session } = world.admin;
    await isRefused(['DELETE', `/sessions/${session}`]);
    await isRefused(['DELETE', `/users/${id}/sessions/${session}`]);
  });

  it('while whoever may do as much does all of it', async () => {
    for (const [way, attempt] of ways) {
      const { id } = await api.userToken('account', ['keeper', 'harmless']);
      const [method, path, body] = attempt(id, world);
      const answer = await api.call(method, path, { ...(body !== undefined && { body }) });
      expect([way, answer.status < 300]).toEqual([way, true]);
    }
  });

  it('while the help desk does all of it to people without roles', async () => {
    for (const { token } of helpDesks) {
      for (const [way, attempt] of ways) {
        const { id } = await api.userToken('account');
        const [method, path, body] = attempt(id, world);
        const unique = path.includes('password') || method !== 'PATCH' ? body : rename(body);
        const answer = await api.call(method, path, { token, ...(unique !== undefined && { body: unique }) });
        expect([way, answer.status < 300]).toEqual([way, true]);
      }
    }
  }, 60_000);
});

let renamed = 0;
/** Emails and usernames can be given once. */
function rename(body: unknown): unknown {
  renamed += 1;
  return JSON.parse(JSON.stringify(body).replace('mine', `mine${renamed}`));
}

describe.each<[string, readonly [string, (id: string, group: string) => Attempt][]]>([
  [
    'by a role',
    [
      ['disabling', (id) => ['PATCH', `/users/${id}`, { disabled: true }]],
      ['deleting', (id) => ['DELETE', `/users/${id}`]],
      ['a change of the roles', (id) => ['PATCH', `/users/${id}`, { roles: [] }]],
      ['taking the role', (id) => ['DELETE', `/users/${id}/roles/admin`]],
    ],
  ],
  [
    'by a group',
    [
      ['disabling', (id) => ['PATCH', `/users/${id}`, { disabled: true }]],
      ['deleting', (id) => ['DELETE', `/users/${id}`]],
      ['leaving the group', (id, group) => ['DELETE', `/groups/${group}/members/${id}`]],
      ['the group losing the role', (_id, group) => ['DELETE', `/groups/${group}/roles/admin`]],
      ['a change of the roles of the group', (_id, group) => ['PATCH', `/groups/${group}`, { roles: [] }]],
      ['deleting the group', (_id, group) => ['DELETE', `/groups/${group}`]],
    ],
  ],
])('the last administrator, %s, stays (S64)', (how, ways) => {
  let alone: ApiServer;
  let id: string;
  let group: string;
  beforeAll(async () => {
    alone = await startApiServer();
    const isMember = how === 'by a group';
    ({ id } = await alone.userToken('account', isMember ? [] : ['admin']));
    ({ id: group } = await createGroup(alone.application, OPERATOR, { name: 'A', roles: ['admin'] }));
    const membership = { groupId: group, accountId: id };
    if (isMember) await addGroupMember(alone.application, OPERATOR, membership);
  }, 60_000);
  afterAll(() => alone.stop());

  it.each(ways)('in spite of %s', async (_way, attempt) => {
    const before = await checksumOfTables(alone.application.database.knex);
    const [method, path, body] = attempt(id, group);
    const answer = await alone.call(method, path, { ...(body !== undefined && { body }) });
    expect([answer.status, answer.body['code']]).toEqual([409, 'last_administrator']);
    expect(await checksumOfTables(alone.application.database.knex)).toEqual(before);
  });
});
