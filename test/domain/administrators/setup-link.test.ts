import { createAccount } from '../../../src/domain/accounts/create-account.js';
import { setAccountDisabled } from '../../../src/domain/accounts/set-account-disabled.js';
import { issueSetupLink } from '../../../src/domain/administrators/issue-setup-link.js';
import { redeemSetupLink, type SetupInput } from '../../../src/domain/administrators/redeem-setup-link.js';
import { createAccountDeps, faultsOf, GOOD_PASSWORD, OTHER_PASSWORD } from '../../support/account-deps.js';

const DAY = 24 * 60 * 60;

let deps: ReturnType<typeof createAccountDeps>;
beforeEach(() => {
  deps = createAccountDeps();
});

async function issueToken(automatic = false): Promise<string> {
  const { url } = await issueSetupLink(deps, { automatic });
  return url.slice(url.indexOf('#') + 1);
}

const redeem = (token: string, input: Partial<SetupInput> = {}) =>
  redeemSetupLink(deps, { token, email: 'root@example.com', password: GOOD_PASSWORD, ...input });

describe('issueSetupLink', () => {
  test('makes a link with its token in the fragment, good for a day, and stores a hash only', async () => {
    const { url, expiresAt } = await issueSetupLink(deps, { automatic: true });
    expect(url).toBe('https://id.example.com/setup#token-1');
    expect(expiresAt.getTime() - deps.clock.now().getTime()).toBe(DAY * 1000);
    expect(deps.setupLinks.link?.hash).toHaveLength(32);
    expect(deps.setupLinks.link?.hash.toString()).not.toContain('token-1');
  });

  test('keeps the path of the issuer', async () => {
    const { url } = await issueSetupLink(
      { ...deps, issuer: 'https://example.com/id/' },
      { automatic: false },
    );
    expect(url).toBe('https://example.com/id/setup#token-1');
  });

  test('is refused at start once there is an administrator, but not to the operator', async () => {
    const admin = await createAccount(deps, { email: 'a@example.com', roles: ['admin'] });
    await expect(issueSetupLink(deps, { automatic: true })).rejects.toMatchObject({
      code: 'setup_already_done',
    });
    expect(deps.setupLinks.link).toBeUndefined();
    await expect(issueSetupLink(deps, { automatic: false })).resolves.toBeDefined();
    await deps.accounts.update({ ...admin, disabled: true, version: 2 });
    await expect(issueSetupLink(deps, { automatic: true })).resolves.toBeDefined();
  });
});

describe('redeemSetupLink', () => {
  test('creates the administrator', async () => {
    const token = await issueToken(true);
    const account = await redeem(token, { givenName: 'Ada', familyName: 'Lovelace' });
    expect(account).toMatchObject({
      email: 'root@example.com',
      emailVerified: true,
      roles: ['admin'],
      profile: { givenName: 'Ada', familyName: 'Lovelace' },
      disabled: false,
      version: 1,
    });
    expect(await deps.accounts.findByLogin('root@example.com')).toEqual({
      account,
      passwordHash: `$fake$${GOOD_PASSWORD}`,
    });
  });

  test('makes an account that is there an administrator, and ends what was issued to it', async () => {
    const before = await createAccount(deps, {
      email: 'root@example.com',
      username: 'root',
      roles: ['editor'],
      profile: { nickname: 'R', givenName: 'Old' },
      password: OTHER_PASSWORD,
    });
    await setAccountDisabled(deps, before.id, true);
    deps.clock.turn(60);
    const after = await redeem(await issueToken(), { email: 'ROOT@example.com', givenName: 'New' });
    expect(after).toEqual({
      ...before,
      emailVerified: true,
      roles: ['admin', 'editor'],
      effectiveRoles: ['admin', 'editor'],
      profile: { nickname: 'R', givenName: 'New' },
      version: 3,
      updatedAt: deps.clock.now(),
    });
    expect((await deps.accounts.findByLogin('root'))?.passwordHash).toBe(`$fake$${GOOD_PASSWORD}`);
    expect(deps.revoked).toEqual([before.id, before.id]);
  });

  test('works once, also when it is tried several times at once', async () => {
    const token = await issueToken();
    const outcomes = await Promise.allSettled(
      [1, 2, 3].map((number) => redeem(token, { email: `root${number}@example.com` })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(deps.accounts.records.size).toBe(1);
    await expect(redeem(token)).rejects.toMatchObject({ code: 'setup_link_invalid' });
  });

  test('refuses a wrong, replaced or expired token, without hashing anything', async () => {
    const replaced = await issueToken();
    const token = await issueToken();
    for (const wrong of ['', 'wrong', replaced]) {
      await expect(redeem(wrong)).rejects.toMatchObject({ code: 'setup_link_invalid' });
    }
    deps.clock.turn(DAY);
    await expect(redeem(token)).rejects.toMatchObject({ code: 'setup_link_invalid' });
    expect(deps.passwordHasher.asked).toEqual([]);
    expect(deps.accounts.records.size).toBe(0);
  });

  test('faulty input names every fault and does not use the link up', async () => {
    const token = await issueToken();
    const work = redeem(token, { email: 'x', givenName: '\0', password: 'short' });
    expect(await faultsOf(work)).toEqual([
      'email: email_invalid',
      'given_name: given_name_invalid',
      'password: password_too_short',
    ]);
    await expect(redeem(token)).resolves.toBeDefined();
  });

  test('a failure to store the account does not use the link up', async () => {
    const token = await issueToken();
    const insert = deps.accounts.insert.bind(deps.accounts);
    deps.accounts.insert = () => Promise.reject(new Error('disk full'));
    await expect(redeem(token)).rejects.toThrow('disk full');
    deps.accounts.insert = insert;
    await expect(redeem(token)).resolves.toBeDefined();
  });

  test('does not use the link up when the hasher has too much to do', async () => {
    const token = await issueToken();
    deps.passwordHasher.overloaded = 'hash';
    await expect(redeem(token)).rejects.toMatchObject({ code: 'overloaded' });
    deps.passwordHasher.overloaded = 'never';
    await expect(redeem(token)).resolves.toBeDefined();
  });
});
