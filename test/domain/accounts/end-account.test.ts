import { createAccount, type CreateAccountInput } from '../../../src/domain/accounts/create-account.js';
import { deleteAccount } from '../../../src/domain/accounts/delete-account.js';
import { setAccountDisabled } from '../../../src/domain/accounts/set-account-disabled.js';
import { updateAccount } from '../../../src/domain/accounts/update-account.js';
import type { Account } from '../../../src/domain/accounts/account.js';
import { createAccountDeps } from '../../support/account-deps.js';

const NOBODY = '018f22e2-79b0-7cc3-98c4-dc0c0c07398f';

let deps: ReturnType<typeof createAccountDeps>;
beforeEach(() => {
  deps = createAccountDeps();
});

const create = (input: Partial<CreateAccountInput> = {}): Promise<Account> =>
  createAccount(deps, { email: 'ada@example.com', ...input });

describe('setAccountDisabled', () => {
  test('disabling ends all that was issued (OWASP ASVS V7.4.2)', async () => {
    const { id } = await create();
    expect(await setAccountDisabled(deps, id, true)).toMatchObject({ disabled: true, version: 2 });
    expect(deps.revoked).toEqual([id]);
    expect(await setAccountDisabled(deps, id, true)).toMatchObject({ disabled: true, version: 2 });
    expect(deps.revoked).toEqual([id, id]);
  });

  test('enabling ends nothing', async () => {
    const { id } = await create();
    await setAccountDisabled(deps, id, true);
    expect(await setAccountDisabled(deps, id, false)).toMatchObject({ disabled: false, version: 3 });
    expect(deps.revoked).toEqual([id]);
  });

  test('when the account cannot be written, nothing was ended', async () => {
    const { id } = await create();
    deps.accounts.update = () => Promise.reject(new Error('disk full'));
    await expect(setAccountDisabled(deps, id, true)).rejects.toThrow('disk full');
    expect(deps.revoked).toEqual([]);
  });

  test('knows no such account', async () => {
    await expect(setAccountDisabled(deps, NOBODY, true)).rejects.toMatchObject({ code: 'not_found' });
    await expect(setAccountDisabled(deps, NOBODY, false)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('the last enabled administrator', () => {
  const ways: [string, (id: string) => Promise<unknown>][] = [
    ['disabled', (id) => setAccountDisabled(deps, id, true)],
    ['deleted', (id) => deleteAccount(deps, id)],
    ['demoted', (id) => updateAccount(deps, id, { roles: [] })],
  ];

  test.each(ways)('cannot be %s', async (_, remove) => {
    const admin = await create({ roles: ['admin'] });
    const disabled = await create({ email: 'b@example.com', roles: ['admin'] });
    await setAccountDisabled(deps, disabled.id, true);
    await expect(remove(admin.id)).rejects.toMatchObject({ code: 'last_administrator' });
    expect(await deps.accounts.findById(admin.id)).toEqual(admin);
    expect(deps.revoked).toEqual([disabled.id]);
    await expect(remove(disabled.id)).resolves.not.toThrow();
  });

  test.each(ways)('can be %s when there is another one', async (_, remove) => {
    const admin = await create({ roles: ['admin'] });
    await create({ email: 'b@example.com', roles: ['admin'] });
    await remove(admin.id);
    expect(await deps.accounts.countEnabledWithRole('admin')).toBe(1);
  });
});

describe('deleteAccount', () => {
  test('removes the account and ends all that was issued', async () => {
    const { id } = await create();
    await deleteAccount(deps, id);
    expect(await deps.accounts.findById(id)).toBeUndefined();
    expect(deps.revoked).toEqual([id]);
    await expect(deleteAccount(deps, id)).rejects.toMatchObject({ code: 'not_found' });
  });
});
