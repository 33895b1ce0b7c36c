import { changePassword } from '../../../src/domain/accounts/change-password.js';
import { createAccount } from '../../../src/domain/accounts/create-account.js';
import { deleteAccount } from '../../../src/domain/accounts/delete-account.js';
import { listAccounts } from '../../../src/domain/accounts/list-accounts.js';
import { listCredentials } from '../../../src/domain/accounts/list-credentials.js';
import { updateAccount } from '../../../src/domain/accounts/update-account.js';
import { updateOwnAccount } from '../../../src/domain/accounts/update-own-account.js';
import { createRole } from '../../../src/domain/roles/create-role.js';
import { OPERATOR, type Grantor } from '../../../src/domain/roles/grantor.js';
import { createAccountDeps, GOOD_PASSWORD, refusalOf } from '../../support/account-deps.js';

const helpDesk: Grantor = { permissions: new Set(['users:read', 'users:write']) };

let deps: ReturnType<typeof createAccountDeps>;

beforeEach(async () => {
  deps = createAccountDeps();
  await createRole(deps, OPERATOR, { name: 'support', permissions: ['users:read'] });
  await createRole(deps, OPERATOR, { name: 'keeper', permissions: ['keys:write'] });
});

const person = (email: string, roles: readonly string[] = []) => createAccount(deps, { email, roles });

describe('who changes somebody else (S61)', () => {
  test('gives and takes no role that permits what they lack', async () => {
    const input = { email: 'new@example.com', roles: ['keeper'], grantor: helpDesk };
    expect((await refusalOf(createAccount(deps, input))).code).toBe('insufficient_rights');
    expect(await deps.accounts.findByLogin('new@example.com')).toBeUndefined();

    const ada = await person('ada@example.com', ['keeper']);
    for (const roles of [['keeper', 'admin'], []]) {
      const refused = updateAccount(deps, ada.id, { roles, grantor: helpDesk });
      expect((await refusalOf(refused)).code).toBe('insufficient_rights');
    }
    const bob = await person('bob@example.com');
    const changed = await updateAccount(deps, bob.id, { roles: ['support'], grantor: helpDesk });
    expect(changed.roles).toEqual(['support']);
  });

  test('does not get at an account that may do more: neither by its password nor by its email', async () => {
    const ada = await person('ada@example.com', ['keeper']);
    const byPassword = changePassword(deps, ada.id, GOOD_PASSWORD, helpDesk);
    expect((await refusalOf(byPassword)).code).toBe('insufficient_rights');
    const byEmail = updateAccount(deps, ada.id, { email: 'mine@example.com', grantor: helpDesk });
    expect((await refusalOf(byEmail)).code).toBe('insufficient_rights');
    expect((await deps.accounts.findByLogin('ada@example.com'))?.passwordHash).toBeUndefined();

    await updateAccount(deps, ada.id, { profile: { nickname: 'A' }, grantor: helpDesk });
    const bob = await person('bob@example.com', ['support']);
    await changePassword(deps, bob.id, GOOD_PASSWORD, helpDesk);
    await updateAccount(deps, bob.id, { email: 'robert@example.com', grantor: helpDesk });
    expect((await listCredentials(deps, bob.id))[0]).toEqual({ kind: 'password', set: true });
  });
});

describe('disabling by a change', () => {
  test('ends all that was issued, and is told apart from other changes', async () => {
    const ada = await person('ada@example.com');
    deps.audit.entries.splice(0);
    const after = await updateAccount(deps, ada.id, { disabled: true });
    expect(after.disabled).toBe(true);
    expect(deps.revoked).toEqual([ada.id]);
    expect(deps.audit.entries.map(({ type }) => type)).toEqual(['user.disabled']);

    await updateAccount(deps, ada.id, { disabled: false, profile: { nickname: 'A' } });
    expect(deps.audit.entries.map(({ type }) => type)).toEqual([
      'user.disabled',
      'user.updated',
      'user.enabled',
    ]);
    expect(deps.revoked).toEqual([ada.id]);
  });

  test('is refused for the last administrator (S64)', async () => {
    const ada = await person('ada@example.com', ['admin']);
    const refused = updateAccount(deps, ada.id, { disabled: true });
    expect((await refusalOf(refused)).code).toBe('last_administrator');
    expect((await deps.accounts.findById(ada.id))?.disabled).toBe(false);
    expect(deps.revoked).toEqual([]);
  });
});

describe('what the caller expects of the account', () => {
  const stale = new Error('stale');
  const expectNothing = (): never => {
    throw stale;
  };

  test('stops the change or the deletion when it does not hold', async () => {
    const ada = await person('ada@example.com');
    deps.audit.entries.splice(0);
    const changes = { profile: { nickname: 'A' }, expect: expectNothing };
    await expect(updateAccount(deps, ada.id, changes)).rejects.toBe(stale);
    await expect(updateOwnAccount(deps, ada.id, changes)).rejects.toBe(stale);
    await expect(deleteAccount(deps, ada.id, expectNothing)).rejects.toBe(stale);
    expect(await deps.accounts.findById(ada.id)).toEqual(ada);
    expect(deps.audit.entries).toEqual([]);
    expect(deps.revoked).toEqual([]);
  });

  test('sees the account as it is', async () => {
    const ada = await person('ada@example.com');
    const seen: unknown[] = [];
    await updateAccount(deps, ada.id, { profile: { nickname: 'A' }, expect: (before) => seen.push(before) });
    expect(seen).toEqual([ada]);
  });
});

describe('listCredentials', () => {
  test('tells whether there is a password, and refuses an account that is not there', async () => {
    const ada = await person('ada@example.com');
    expect(await listCredentials(deps, ada.id)).toEqual([
      { kind: 'password', set: false },
      { kind: 'totp', set: false },
      { kind: 'recovery_codes', set: false },
    ]);
    expect((await refusalOf(listCredentials(deps, 'nobody'))).code).toBe('not_found');
  });
});

describe('listAccounts by exact fields', () => {
  test('finds nobody by what nobody can be called', async () => {
    await person('ada@example.com');
    for (const name of ['', '\0', '\ud800', 'a'.repeat(10_000)]) {
      expect((await listAccounts(deps, { email: name })).accounts).toEqual([]);
      expect((await listAccounts(deps, { username: name })).accounts).toEqual([]);
    }
    expect((await listAccounts(deps, { email: 'ADA@example.com' })).accounts).toHaveLength(1);
  });
});
