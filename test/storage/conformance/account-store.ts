import { createAccountIdSource, newAccountId } from '../../../src/domain/accounts/account-id.js';
import { effectiveRolesOf, type Account } from '../../../src/domain/accounts/account.js';
import type { AccountQuery, AccountStore } from '../../../src/domain/accounts/account-store.js';

/** An account as a test needs it. */
export function accountWith(changes: Partial<Account> = {}): Account {
  const at = new Date('2026-11-23T12:00:00.123Z');
  const id = newAccountId(at);
  return {
    id,
    email: `${id}@example.com`,
    emailVerified: false,
    username: undefined,
    profile: {},
    disabled: false,
    roles: [],
    groups: [],
    effectiveRoles: effectiveRolesOf({ roles: [], groups: [], ...changes }),
    version: 1,
    createdAt: at,
    updatedAt: at,
    ...changes,
  };
}

/**
 * What every store of accounts does.
 * @param name of the store
 * @param create makes an empty one
 */
export function describeAccountStore(name: string, create: () => AccountStore | Promise<AccountStore>): void {
  describe(`${name} as an account store`, () => {
    let store: AccountStore;
    beforeEach(async () => {
      store = await create();
    });
    const insert = async (changes: Partial<Account> = {}, passwordHash?: string): Promise<Account> => {
      const account = accountWith(changes);
      await store.insert({ account, passwordHash });
      return account;
    };

    test('gives back what was inserted', async () => {
      const account = await insert(
        {
          email: 'Ada@Example.com',
          emailVerified: true,
          username: 'Ada',
          profile: {
            name: 'Ada "the first" Lovelace',
            phoneNumber: '+41446681800',
            phoneNumberVerified: true,
            address: { locality: 'London', streetAddress: '12 St James’s Square\nMayfair' },
          },
          roles: ['admin', 'editor'],
        },
        'hash',
      );
      expect(await store.findById(account.id)).toEqual(account);
      expect(await store.findForUpdate(account.id)).toEqual(account);
      expect(await store.findByLogin('Ada')).toEqual({ account, passwordHash: 'hash' });
    });

    test('finds by email or username, whatever the case and Unicode form', async () => {
      const jose = await insert({ email: 'José@Straße.example', username: 'Zoë' });
      for (const login of [
        'josé@straße.example',
        'JOSÉ@STRASSE.EXAMPLE',
        ' jose\u0301@strasse.example ',
        'ZOË',
        'zoe\u0308',
      ]) {
        expect((await store.findByLogin(login))?.account.id).toBe(jose.id);
      }
      expect((await store.findByLogin('ZOË'))?.passwordHash).toBeUndefined();
    });

    test('finds nothing for what no account can be called', async () => {
      await insert({ username: 'ada' });
      for (const login of [
        '',
        ' ',
        'nobody',
        'ada\0',
        '\ud800',
        "ada' or '1'='1",
        '%',
        'a'.repeat(100_000),
      ]) {
        expect(await store.findByLogin(login)).toBeUndefined();
      }
      for (const id of ['', 'no-id', '\0', newAccountId(new Date())]) {
        expect(await store.findById(id)).toBeUndefined();
        expect(await store.findForUpdate(id)).toBeUndefined();
        expect(await store.remove(id)).toBe(false);
      }
    });

    test('does not take a username for an email', async () => {
      await insert({ username: 'grace' });
      expect(await store.findByLogin('grace@example.com')).toBeUndefined();
    });

    test.each([
      ['email', { email: 'ADA@example.COM' }],
      ['username', { username: 'ＡＤＡ' }],
    ])('refuses a taken %s, naming it', async (field, changes) => {
      await insert({ email: 'ada@example.com', username: 'ada' });
      const other = await insert();
      const refusal = { code: 'already_exists', faults: [expect.objectContaining({ field, code: 'taken' })] };
      await expect(insert(changes)).rejects.toMatchObject(refusal);
      await expect(store.update({ ...other, ...changes, version: 2 })).rejects.toMatchObject(refusal);
      expect(await store.findById(other.id)).toEqual(other);
    });

    test('allows any number of accounts without a username', async () => {
      await insert();
      await expect(insert()).resolves.toBeDefined();
    });

    test('updates everything but the password and the time of creation', async () => {
      const before = await insert({ username: 'ada', profile: { nickname: 'A' }, roles: ['admin'] }, 'hash');
      const after: Account = {
        ...before,
        email: 'new@example.com',
        emailVerified: true,
        username: undefined,
        profile: { givenName: 'Ada' },
        disabled: true,
        roles: ['editor'],
        effectiveRoles: ['editor'],
        version: 2,
        updatedAt: new Date('2026-11-24T00:00:00Z'),
      };
      await store.update(after);
      expect(await store.findByLogin('new@example.com')).toEqual({ account: after, passwordHash: 'hash' });
      expect(await store.findByLogin('ada')).toBeUndefined();
    });

    test('refuses to update an account that is not there, or that changed since it was read', async () => {
      await expect(store.update(accountWith({ version: 2 }))).rejects.toMatchObject({ code: 'not_found' });
      const account = await insert();
      await store.update({ ...account, version: 2, disabled: true });
      await expect(store.update({ ...account, version: 2 })).rejects.toMatchObject({
        name: 'LostUpdateError',
      });
      expect((await store.findById(account.id))?.disabled).toBe(true);
    });

    test('sets the password, and replaces it only where it is the expected one', async () => {
      const { id, email } = await insert();
      const hash = async (): Promise<string | undefined> => (await store.findByLogin(email))?.passwordHash;
      await store.setPasswordHash(id, 'one');
      expect(await store.replacePasswordHash(id, 'other', 'two')).toBe(false);
      expect(await hash()).toBe('one');
      expect(await store.replacePasswordHash(id, 'one', 'two')).toBe(true);
      expect(await hash()).toBe('two');
      await expect(store.setPasswordHash(newAccountId(new Date()), 'x')).rejects.toMatchObject({
        code: 'not_found',
      });
    });

    test('keeps whether a password is temporary until another one is set, whatever else changes', async () => {
      const account = await insert();
      const { id } = account;
      const isTemporary = async (): Promise<boolean | undefined> =>
        (await store.findById(id))?.passwordTemporary;
      expect(await isTemporary()).toBeUndefined();
      await store.setPasswordHash(id, 'one', true);
      expect(await isTemporary()).toBe(true);
      await store.update({ ...account, version: account.version + 1, emailVerified: true });
      expect(await isTemporary()).toBe(true);
      await store.replacePasswordHash(id, 'one', 'one, hashed anew');
      expect(await isTemporary()).toBe(true);
      await store.setPasswordHash(id, 'two');
      expect(await isTemporary()).toBeUndefined();
      expect(await store.findById((await insert({ passwordTemporary: true })).id)).toMatchObject({
        passwordTemporary: true,
      });
    });

    test('removes an account with its roles, once', async () => {
      const { id, email } = await insert({ roles: ['admin'] });
      expect(await store.remove(id)).toBe(true);
      expect(await store.remove(id)).toBe(false);
      expect(await store.findByLogin(email)).toBeUndefined();
      expect(await store.countEnabledWithRole('admin')).toBe(0);
    });

    test('counts the enabled accounts that hold a role', async () => {
      await insert({ roles: ['admin', 'editor'] });
      await insert({ roles: ['admin'] });
      await insert({ roles: ['admin'], disabled: true });
      await insert({ roles: ['administrator'] });
      expect(await store.countEnabledWithRole('admin')).toBe(2);
      expect(await store.countEnabledWithRole('nobody')).toBe(0);
    });

    test('lists page by page, in the order of creation', async () => {
      const ids = [];
      for (let count = 0; count < 5; count += 1) ids.push((await insert()).id);
      const first = await store.list({ limit: 2 });
      expect(first.accounts.map(({ id }) => id)).toEqual(ids.slice(0, 2));
      expect(first.next).toBe(ids[1]);
      const second = await store.list({ limit: 2, after: first.next ?? '' });
      expect(second.accounts.map(({ id }) => id)).toEqual(ids.slice(2, 4));
      const last = await store.list({ limit: 2, after: second.next ?? '' });
      expect(last.accounts.map(({ id }) => id)).toEqual(ids.slice(4));
      expect(last.next).toBeUndefined();
      expect((await store.list({ limit: 5 })).next).toBeUndefined();
    });

    test('lists the newest first, page by page', async () => {
      const ids = [];
      for (let count = 0; count < 3; count += 1) ids.unshift((await insert()).id);
      const first = await store.list({ limit: 2, newestFirst: true });
      expect(first.accounts.map(({ id }) => id)).toEqual(ids.slice(0, 2));
      expect(first.next).toBe(ids[1]);
      const last = await store.list({ limit: 2, newestFirst: true, after: first.next ?? '' });
      expect(last.accounts.map(({ id }) => id)).toEqual(ids.slice(2));
      expect(last.next).toBeUndefined();
    });

    test('filters by exact email and username, whatever the case and Unicode form', async () => {
      const zoe = await insert({ email: 'Zoë@example.com', username: 'zoe' });
      await insert({ email: 'zoë@example.com.example', username: 'zoey' });
      const found = async (query: Partial<AccountQuery>): Promise<string[]> =>
        (await store.list({ limit: 10, ...query })).accounts.map(({ id }) => id);
      expect(await found({ email: 'ZOE\u0308@EXAMPLE.COM' })).toEqual([zoe.id]);
      expect(await found({ email: 'zo%@example.com' })).toEqual([]);
      expect(await found({ username: 'ZOE' })).toEqual([zoe.id]);
      expect(await found({ username: 'zo_' })).toEqual([]);
      expect(await found({ username: 'zoe', email: 'zoë@example.com.example' })).toEqual([]);
    });

    test('filters by status and time of creation, together with a place in the list', async () => {
      const accountAt = (time: string, disabled = false): Promise<Account> => {
        const at = new Date(time);
        return insert({ id: createAccountIdSource()(at), createdAt: at, updatedAt: at, disabled });
      };
      const old = await accountAt('2026-01-01T00:00:00Z', true);
      const exact = await accountAt('2026-02-01T00:00:00Z');
      const young = await accountAt('2026-03-01T00:00:00Z', true);
      const found = async (query: Partial<AccountQuery>): Promise<string[]> =>
        (await store.list({ limit: 10, ...query })).accounts.map(({ id }) => id);
      const createdAfter = new Date('2026-02-01T00:00:00Z');
      expect(await found({ disabled: true })).toEqual([old.id, young.id]);
      expect(await found({ disabled: false })).toEqual([exact.id]);
      expect(await found({ createdAfter })).toEqual([exact.id, young.id]);
      expect(await found({ createdAfter, newestFirst: true })).toEqual([young.id, exact.id]);
      expect(await found({ createdAfter, after: exact.id })).toEqual([young.id]);
      expect(await found({ createdAfter: new Date('1900-01-01T00:00:00Z') })).toHaveLength(3);
      expect(await found({ createdAfter: new Date('9999-12-31T23:59:59Z') })).toEqual([]);
    });

    test('counts a list and a search as far as it is told', async () => {
      const createdAfter = new Date('2026-02-01T00:00:00Z');
      for (const [index, time] of ['2026-01-01', '2026-02-01', '2026-03-01'].entries()) {
        const at = new Date(time);
        const email = `${index}@example.com`;
        await insert({
          id: createAccountIdSource()(at),
          createdAt: at,
          updatedAt: at,
          email,
          disabled: index > 0,
        });
      }
      expect(await store.count({}, 10)).toEqual({ count: 3, isCapped: false });
      expect(await store.count({}, 3)).toEqual({ count: 3, isCapped: false });
      expect(await store.count({}, 2)).toEqual({ count: 2, isCapped: true });
      expect(await store.count({ disabled: true, createdAfter }, 10)).toEqual({ count: 2, isCapped: false });
      expect(await store.count({ email: '1@EXAMPLE.com' }, 10)).toEqual({ count: 1, isCapped: false });
      expect(await store.count({ search: 'example.com' }, 10)).toEqual({ count: 3, isCapped: false });
      expect(await store.count({ search: 'example.com' }, 2)).toEqual({ count: 2, isCapped: true });
      expect(await store.count({ search: 'example.com', disabled: false }, 10)).toEqual({
        count: 1,
        isCapped: false,
      });
      expect(await store.count({ search: 'nobody' }, 10)).toEqual({ count: 0, isCapped: false });
    });

    test('keeps when an account is deleted, and lists those that are due, the longest first', async () => {
      const [first, second, third] = [
        new Date('2026-11-20T00:00:00Z'),
        new Date('2026-11-21T00:00:00Z'),
        new Date('2026-11-22T00:00:00Z'),
      ];
      const late = await insert({ deletionDueAt: second });
      const soon = await insert({ deletionDueAt: first, roles: ['admin'] });
      await insert({ deletionDueAt: third });
      await insert();
      expect((await store.findById(late.id))?.deletionDueAt).toEqual(second);
      expect(await store.listDeletionDue(second, 10)).toEqual([soon.id, late.id]);
      expect(await store.listDeletionDue(second, 1)).toEqual([soon.id]);
      // Whoever waits for their deletion administers nothing.
      expect(await store.countEnabledWithRole('admin')).toBe(0);
      const { deletionDueAt: _kept, ...kept } = soon;
      await store.update({ ...kept, version: 2 });
      expect(await store.findById(soon.id)).toEqual({ ...kept, version: 2 });
      expect(await store.listDeletionDue(second, 10)).toEqual([late.id]);
    });

    test('searches email, username and names, and takes every sign literally', async () => {
      const ada = await insert({
        email: 'ada@example.com',
        profile: { givenName: 'Ada', familyName: 'Lovelace' },
      });
      const zoe = await insert({
        email: 'z_e@example.com',
        username: 'Zoë',
        profile: { name: '100% Zoë\\' },
      });
      const found = async (search: string): Promise<string[]> =>
        (await store.list({ limit: 10, search })).accounts.map(({ id }) => id);
      expect(await found('ADA@')).toEqual([ada.id]);
      expect(await found('ada love')).toEqual([ada.id]);
      expect(await found('ZOË')).toEqual([zoe.id]);
      expect(await found('100%')).toEqual([zoe.id]);
      expect(await found('1%0')).toEqual([]);
      expect(await found('zoë\\')).toEqual([zoe.id]);
      expect(await found('\\zoë')).toEqual([]);
      expect(await found('z_e')).toEqual([zoe.id]);
      expect(await found('_d_')).toEqual([]);
      expect(await found("' or true --")).toEqual([]);
      expect(await found('example.com')).toEqual([ada.id, zoe.id]);
    });

    test('searches one or two letters where an email, a username or a word of a name begins', async () => {
      const ada = await insert({ email: 'ada@example.com', profile: { name: 'Augusta Ada Lovelace' } });
      const li = await insert({
        email: 'dragon@example.com',
        username: 'xiao',
        profile: { name: '李小龙 Ödön' },
      });
      const found = async (search: string): Promise<string[]> =>
        (await store.list({ limit: 10, search })).accounts.map(({ id }) => id);
      expect(await found('l')).toEqual([ada.id]);
      expect(await found('AD')).toEqual([ada.id]);
      expect(await found('da')).toEqual([]);
      expect(await found('d')).toEqual([li.id]);
      expect(await found('xi')).toEqual([li.id]);
      // Signs beyond ASCII are found anywhere, and in every locale of the database.
      expect(await found('小')).toEqual([li.id]);
      expect(await found('DÖ')).toEqual([li.id]);
      expect(await found('龙 ö')).toEqual([li.id]);
      expect(await found('é')).toEqual([]);
    });
  });
}
