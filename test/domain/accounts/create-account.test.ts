import { createAccount, type CreateAccountInput } from '../../../src/domain/accounts/create-account.js';
import type { Account } from '../../../src/domain/accounts/account.js';
import { createAccountDeps, faultsOf, GOOD_PASSWORD } from '../../support/account-deps.js';

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
    expect(await deps.accounts.findByLogin('ada')).toEqual({
      account,
      passwordHash: `$fake$${GOOD_PASSWORD}`,
    });
  });

  test('gives no rights and no trust unless it is told to', async () => {
    expect(await create()).toMatchObject({
      emailVerified: false,
      roles: [],
      username: undefined,
      profile: {},
    });
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
    expect(
      await faultsOf(create({ email: 'ada.lovelace@example.com', password: 'ada.lovelace.12' })),
    ).toEqual(['password: password_context']);
  });
});
