import type { Account } from '../../../src/domain/accounts/account.js';
import { createAccount } from '../../../src/domain/accounts/create-account.js';
import { deleteAccount } from '../../../src/domain/accounts/delete-account.js';
import { refuseTakeover } from '../../../src/domain/accounts/refuse-takeover.js';
import { updateAccount } from '../../../src/domain/accounts/update-account.js';
import { revokeGrants } from '../../../src/domain/grants/revoke-grants.js';
import { createGroup } from '../../../src/domain/groups/create-group.js';
import { addGroupMember, removeGroupMember } from '../../../src/domain/groups/group-membership.js';
import { assignRole, unassignRole } from '../../../src/domain/roles/assign-role.js';
import { createRole } from '../../../src/domain/roles/create-role.js';
import { OPERATOR, type Grantor } from '../../../src/domain/roles/grantor.js';
import { endSession } from '../../../src/domain/sessions/end-session.js';
import { signOutEverywhere } from '../../../src/domain/sessions/sign-out-everywhere.js';
import { createAccountDeps, refusalOf } from '../../support/account-deps.js';

const helpDesk: Grantor = { permissions: new Set(['users:read', 'users:write', 'sessions:write']) };

let deps: ReturnType<typeof createAccountDeps>;
let keeper: Account;
let groupId: string;

beforeEach(async () => {
  deps = createAccountDeps();
  await createRole(deps, OPERATOR, { name: 'keeper', permissions: ['users:read', 'keys:write'] });
  await createRole(deps, OPERATOR, { name: 'plain' });
  ({ id: groupId } = await createGroup(deps, OPERATOR, { name: 'Club' }));
  const { id } = await createAccount(deps, { email: 'ada@example.com', roles: ['keeper', 'plain'] });
  keeper = await addGroupMember(deps, OPERATOR, { groupId, accountId: id });
  deps.sessions.sessions = [
    {
      id: 'one',
      accountId: id,
      signedInAt: undefined,
      createdAt: new Date(0),
      expiresAt: undefined,
      amr: ['pwd'],
      clientIds: [],
    },
  ];
});

describe('an account that may do more than whoever changes it (S61)', () => {
  test.each<[string, (id: string) => Promise<unknown>]>([
    ['disabled', (id) => updateAccount(deps, id, { disabled: true, grantor: helpDesk })],
    ['given another email', (id) => updateAccount(deps, id, { email: 'b@example.com', grantor: helpDesk })],
    ['called verified', (id) => updateAccount(deps, id, { emailVerified: true, grantor: helpDesk })],
    ['given a username', (id) => updateAccount(deps, id, { username: 'countess', grantor: helpDesk })],
    ['given other roles', (id) => updateAccount(deps, id, { roles: ['keeper'], grantor: helpDesk })],
    ['deleted', (id) => deleteAccount(deps, id, undefined, helpDesk)],
    ['given a role', (id) => assignRole(deps, helpDesk, id, 'plain')],
    ['relieved of a role', (id) => unassignRole(deps, helpDesk, id, 'plain')],
    ['taken into a group', (accountId) => addGroupMember(deps, helpDesk, { groupId, accountId })],
    ['taken out of a group', (accountId) => removeGroupMember(deps, helpDesk, { groupId, accountId })],
    ['signed out everywhere', (id) => signOutEverywhere(deps, id, helpDesk)],
    ['signed out once', () => endSession(deps, { sessionId: 'one' }, helpDesk)],
    ['freed of a client', (accountId) => revokeGrants(deps, { accountId, clientId: 'shop' }, helpDesk)],
  ])('is not %s', async (_what, change) => {
    const audited = deps.audit.entries.length;
    const refusal = await refusalOf(change(keeper.id));
    expect([refusal.code, refusal.message]).toEqual([
      'insufficient_rights',
      'The account may do what you may not: keys:write. Ask somebody who may do as much.',
    ]);
    expect(await deps.accounts.findById(keeper.id)).toEqual(keeper);
    expect(deps.revoked).toEqual([]);
    expect(deps.audit.entries).toHaveLength(audited);
  });

  test('is changed by whoever may do as much, by the operator, and in its profile', async () => {
    const equal: Grantor = { permissions: new Set(['users:read', 'keys:write']) };
    await expect(refuseTakeover(deps.roles, equal, keeper)).resolves.toBeUndefined();
    await expect(refuseTakeover(deps.roles, OPERATOR, keeper)).resolves.toBeUndefined();
    await expect(refuseTakeover(deps.roles, undefined, keeper)).resolves.toBeUndefined();
    const changes = { profile: { nickname: 'A' }, roles: keeper.roles, disabled: false, grantor: helpDesk };
    expect(await updateAccount(deps, keeper.id, changes)).toMatchObject({ profile: { nickname: 'A' } });
  });
});
