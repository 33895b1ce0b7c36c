import { changePassword } from '../../../src/domain/accounts/change-password.js';
import { createAccount, type CreateAccountInput } from '../../../src/domain/accounts/create-account.js';
import { deleteAccount } from '../../../src/domain/accounts/delete-account.js';
import { listAccounts } from '../../../src/domain/accounts/list-accounts.js';
import { setAccountDisabled } from '../../../src/domain/accounts/set-account-disabled.js';
import { showAccount } from '../../../src/domain/accounts/show-account.js';
import { updateAccount } from '../../../src/domain/accounts/update-account.js';
import { updateOwnAccount } from '../../../src/domain/accounts/update-own-account.js';
import type { Account } from '../../../src/domain/accounts/account.js';
import { createAccountDeps, faultsOf, GOOD_PASSWORD, OTHER_PASSWORD } from '../../support/account-deps.js';

const NOBODY = '018f22e2-79b0-7cc3-98c4-dc0c0c07398f';

let deps: ReturnType<typeof createAccountDeps>;
beforeEach(() => {
  deps = createAccountDeps();
});

const create = (input: Partial<CreateAccountInput> = {}): Promise<Account> =>
  createAccount(deps, { email: 'ada@example.com', ...input });
const passwordHashOf = async (email: string) => (await deps.accounts.findByLogin(email))?.passwordHash;

describe('createAccount', () => {
  test('stores the account, tidied, with the hash of its password', async () => {
    const account = await create({
      email: ' Ada@example.com ',
      username: ' ada ',
      emailVerified: true,
      profile: { givenName: ' Ada ' },
      roles: ['editor', 'admin', 'admin'],
      password: GOOD_PASSWORD,
    });
    expect(account).toMatchObject({
      email: 'Ada@example.com',
      username: 'ada',
      emailVerified: true,
      profile: { givenName: 'Ada' },
      roles: ['admin', 'editor'],
      disabled: false,
      version: 1,
      createdAt: deps.clock.now(),
      updatedAt: deps.clock.now(),
    });
    expect(await deps.accounts.findByLogin('ada')).toEqual({ account, passwordHash: `$fake$${GOOD_PASSWORD}` });
  });

  test('gives no rights and no trust unless it is told to', async () => {
    expect(await create()).toMatchObject({ emailVerified: false, roles: [], username: undefined, profile: {} });
    expect(await passwordHashOf('ada@example.com')).toBeUndefined();
    expect(deps.passwordHasher.asked).toEqual([]);
  });

  test('hashes a password in NFC (NIST SP 800-63B-4 §3.1.1.2)', async () => {
    await create({ password: 'Zoe\u0308 feeds seven otters' });
    expect(await passwordHashOf('ada@example.com')).toBe('$fake$Zo\u00eb feeds seven otters');
  });

  test('names every fault at once, and stores nothing', async () => {
    const work = create({
      email: 'x',
      username: 'a b',
      profile: { locale: '!', birthdate: 'soon' },
      roles: ['admin', 'Not A Role'],
      password: 'short',
    });
    expect(await faultsOf(work)).toEqual([
      'email: email_invalid',
      'username: username_invalid',
      'roles/1: role_invalid',
      'birthdate: birthdate_invalid',
      'locale: locale_invalid',
      'password: password_too_short',
    ]);
    expect(deps.accounts.records.size).toBe(0);
  });

  test('refuses an email or a username that is taken', async () => {
    await create({ username: 'ada' });
    await expect(create({ email: 'ADA@EXAMPLE.COM' })).rejects.toMatchObject({ code: 'already_exists' });
    expect(await faultsOf(create({ email: 'b@example.com', username: 'ADA' }))).toEqual(['username: taken']);
  });

  test('refuses a password made of the email', async () => {
    expect(await faultsOf(create({ email: 'ada.lovelace@example.com', password: 'ada.lovelace.12' }))).toEqual([
      'password: password_context',
    ]);
  });
});

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
    expect(await faultsOf(work)).toEqual(['limit: out_of_range', 'after: cursor_invalid', 'search: search_invalid']);
  });
});

describe('updateAccount', () => {
  test('changes what is named and keeps the rest', async () => {
    const before = await create({ username: 'ada', emailVerified: true, profile: { givenName: 'Ada', nickname: 'A' } });
    deps.clock.turn(60);
    const after = await updateAccount(deps, before.id, { profile: { familyName: 'Lovelace', nickname: null } });
    expect(after).toEqual({
      ...before,
      profile: { givenName: 'Ada', familyName: 'Lovelace' },
      version: 2,
      updatedAt: deps.clock.now(),
    });
    expect(await deps.accounts.findById(before.id)).toEqual(after);
    expect((await updateAccount(deps, before.id, { username: null })).username).toBeUndefined();
    expect(deps.revoked).toEqual([]);
  });

  test('a new email is not verified unless it is said to be', async () => {
    const { id } = await create({ emailVerified: true });
    expect(await updateAccount(deps, id, { email: 'ADA@example.com' })).toMatchObject({ emailVerified: true });
    expect(await updateAccount(deps, id, { email: 'b@example.com' })).toMatchObject({ emailVerified: false });
    const changes = { email: 'c@example.com', emailVerified: true };
    expect(await updateAccount(deps, id, changes)).toMatchObject({ emailVerified: true });
  });

  test('names every fault at once, and changes nothing', async () => {
    const before = await create();
    const work = updateAccount(deps, before.id, { email: '', username: '@', roles: [''], profile: { website: 'x' } });
    expect(await faultsOf(work)).toEqual([
      'email: required',
      'username: username_invalid',
      'roles/0: role_invalid',
      'website: website_invalid',
    ]);
    expect(await deps.accounts.findById(before.id)).toEqual(before);
  });

  test('ends what was issued when a role is taken away, and only then', async () => {
    const { id } = await create({ roles: ['editor'] });
    await updateAccount(deps, id, { roles: ['editor', 'auditor'] });
    expect(deps.revoked).toEqual([]);
    await updateAccount(deps, id, { roles: ['auditor'] });
    expect(deps.revoked).toEqual([id]);
  });

  test('knows no such account', async () => {
    await expect(updateAccount(deps, NOBODY, { emailVerified: true })).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('updateOwnAccount', () => {
  test('changes name and profile, and nothing else that the request carries (CVE-2026-27946)', async () => {
    const before = await create();
    const smuggled = { profile: { nickname: 'A' }, emailVerified: true, roles: ['admin'], disabled: true, email: 'b@x.y' };
    const after = await updateOwnAccount(deps, before.id, smuggled);
    expect(after).toEqual({ ...before, profile: { nickname: 'A' }, version: 2 });
  });

  test('refuses to call a telephone number verified', async () => {
    const { id } = await create();
    const profile = { phoneNumber: '+41446681800', phoneNumberVerified: true };
    expect(await faultsOf(updateOwnAccount(deps, id, { profile }))).toEqual([
      'phone_number_verified: not_self_writable',
    ]);
  });
});

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

describe('changePassword', () => {
  test('sets the hash and ends all that was issued (OWASP ASVS V7.4.3)', async () => {
    const { id, email } = await create({ password: GOOD_PASSWORD });
    expect(await changePassword(deps, id, OTHER_PASSWORD)).toMatchObject({ id, version: 2 });
    expect(await passwordHashOf(email)).toBe(`$fake$${OTHER_PASSWORD}`);
    expect(deps.revoked).toEqual([id]);
  });

  test('refuses a bad password and one made of the username, and keeps the old one', async () => {
    const { id, email } = await create({ username: 'countess.lovelace', password: GOOD_PASSWORD });
    expect(await faultsOf(changePassword(deps, id, 'short'))).toEqual(['password: password_too_short']);
    expect(await faultsOf(changePassword(deps, id, 'countess.lovelace!'))).toEqual(['password: password_context']);
    expect(await passwordHashOf(email)).toBe(`$fake$${GOOD_PASSWORD}`);
    expect(deps.revoked).toEqual([]);
  });

  test('changes nothing when the hasher has too much to do', async () => {
    const { id, email } = await create({ password: GOOD_PASSWORD });
    deps.passwordHasher.overloaded = 'hash';
    await expect(changePassword(deps, id, OTHER_PASSWORD)).rejects.toMatchObject({ code: 'overloaded' });
    expect(await passwordHashOf(email)).toBe(`$fake$${GOOD_PASSWORD}`);
  });

  test('knows no such account', async () => {
    await expect(changePassword(deps, NOBODY, OTHER_PASSWORD)).rejects.toMatchObject({ code: 'not_found' });
  });
});
