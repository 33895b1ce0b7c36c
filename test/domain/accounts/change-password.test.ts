import { changePassword } from '../../../src/domain/accounts/change-password.js';
import { createAccount, type CreateAccountInput } from '../../../src/domain/accounts/create-account.js';
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
    expect(await faultsOf(changePassword(deps, id, 'countess.lovelace!'))).toEqual([
      'password: password_context',
    ]);
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
