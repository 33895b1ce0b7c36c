import { createAccount, type CreateAccountInput } from '../../../src/domain/accounts/create-account.js';
import { countAccounts, listAccounts } from '../../../src/domain/accounts/list-accounts.js';
import { showAccount } from '../../../src/domain/accounts/show-account.js';
import type { Account } from '../../../src/domain/accounts/account.js';
import { createAccountDeps, faultsOf } from '../../support/account-deps.js';

const NOBODY = '018f22e2-79b0-7cc3-98c4-dc0c0c07398f';

let deps: ReturnType<typeof createAccountDeps>;
beforeEach(() => {
  deps = createAccountDeps();
});

const create = (input: Partial<CreateAccountInput> = {}): Promise<Account> =>
  createAccount(deps, { email: 'ada@example.com', ...input });

describe('showAccount', () => {
  test('finds by id, email and username', async () => {
    const account = await create({ username: 'ada' });
    for (const identifier of [account.id, 'ADA@example.com', ' Ada ']) {
      expect(await showAccount(deps, identifier)).toEqual(account);
    }
  });

  test.each(['nobody', 'nobody@example.com', NOBODY, ''])('knows no %j', async (identifier) => {
    await create();
    await expect(showAccount(deps, identifier)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('countAccounts', () => {
  test('counts what the list has, and refuses the same searches', async () => {
    await create();
    await create({ email: 'zoe@example.com' });
    expect(await countAccounts(deps)).toEqual({ count: 2, isCapped: false });
    expect(await countAccounts(deps, { search: ' zoe ' })).toEqual({ count: 1, isCapped: false });
    expect(await countAccounts(deps, { search: '  ' })).toEqual({ count: 2, isCapped: false });
    expect(await countAccounts(deps, { email: '' })).toEqual({ count: 0, isCapped: false });
    expect(await faultsOf(countAccounts(deps, { search: '@' }))).toEqual(['search: search_invalid']);
  });
});

describe('listAccounts', () => {
  test('lists 50 by default, and looks for what is searched', async () => {
    for (let index = 0; index < 51; index += 1) await create({ email: `${index}@example.com` });
    const page = await listAccounts(deps);
    expect(page.accounts).toHaveLength(50);
    const rest = await listAccounts(deps, { after: page.next });
    expect(rest.accounts.map(({ email }) => email)).toEqual(['50@example.com']);
    expect((await listAccounts(deps, { search: ' 50@ ' })).accounts).toEqual(rest.accounts);
    expect((await listAccounts(deps, { search: '  ' })).accounts).toHaveLength(50);
  });

  test('caps a page and refuses what is no cursor or search (OWASP ASVS V2.4)', async () => {
    for (const limit of [0, -1, 201, 1.5, NaN, Infinity]) {
      expect(await faultsOf(listAccounts(deps, { limit }))).toEqual(['limit: out_of_range']);
    }
    const work = listAccounts(deps, { after: "' or 1=1", search: 'a\0', limit: 999 });
    expect(await faultsOf(work)).toEqual([
      'limit: out_of_range',
      'after: cursor_invalid',
      'search: search_invalid',
    ]);
    expect(await faultsOf(listAccounts(deps, { after: '8191' }))).toEqual(['after: cursor_invalid']);
    expect(await faultsOf(listAccounts(deps, { after: '-1', search: 'ada' }))).toEqual([
      'after: cursor_invalid',
    ]);
    await expect(listAccounts(deps, { after: '8191', search: 'ada' })).resolves.toMatchObject({
      accounts: [],
    });
    for (const search of ['@', ' %_ ', '\\']) {
      expect(await faultsOf(listAccounts(deps, { search }))).toEqual(['search: search_invalid']);
    }
    for (const search of ['a@', '7', 'ü', '李']) {
      await expect(listAccounts(deps, { search })).resolves.toEqual({ accounts: [], next: undefined });
    }
  });
});
