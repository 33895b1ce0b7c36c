import { changeOwnPassword } from '../../../src/domain/accounts/change-own-password.js';
import { createAccount } from '../../../src/domain/accounts/create-account.js';
import { GOOD_PASSWORD, OTHER_PASSWORD, refusalOf } from '../../support/account-deps.js';
import { createOwnAccountDeps } from '../../support/own-account-deps.js';

describe('a change of one’s own password', () => {
  const start = async () => {
    const deps = createOwnAccountDeps();
    const account = await createAccount(deps, { email: 'jo@example.com', password: GOOD_PASSWORD });
    const change = (newPassword: string, currentPassword = GOOD_PASSWORD) =>
      changeOwnPassword(deps, account, { currentPassword, newPassword, sessionId: 'here' });
    return { ...deps, account, change };
  };

  it('that comes second with the same current password is refused', async () => {
    const { accounts, account, change } = await start();
    const outcomes = await Promise.allSettled([change(OTHER_PASSWORD), change('three more words of wisdom')]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const won = outcomes[0].status === 'fulfilled' ? OTHER_PASSWORD : 'three more words of wisdom';
    expect((await accounts.findByLogin(account.email))?.passwordHash).toBe(`$fake$${won}`);
  });

  it('gives the try back when nothing could be compared', async () => {
    const { account, change, passwordHasher, loginThrottle } = await start();
    passwordHasher.overloaded = 'verify';
    expect((await refusalOf(change(OTHER_PASSWORD))).code).toBe('overloaded');
    expect(loginThrottle.notes).toEqual([
      `count account:${account.id} -`,
      `give back account:${account.id} -`,
    ]);
  });

  it('takes a current password that is too long for a wrong one', async () => {
    const { change, passwordHasher } = await start();
    passwordHasher.asked.length = 0;
    expect((await refusalOf(change(OTHER_PASSWORD, 'x'.repeat(5_000)))).code).toBe('invalid_credentials');
    expect(passwordHasher.asked).toEqual(['verify decoy']);
  });

  it('is refused for an account that is gone', async () => {
    const { accounts, account, change } = await start();
    await accounts.remove(account.id);
    expect((await refusalOf(change(OTHER_PASSWORD))).code).toBe('not_found');
  });
});
