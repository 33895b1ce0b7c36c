import {
  ACCOUNT_LINK_KINDS,
  type AccountLinkPurpose,
} from '../../../src/domain/account-links/account-link.js';
import { exchangeSignInLink } from '../../../src/domain/account-links/exchange-sign-in-link.js';
import { findAccountLink } from '../../../src/domain/account-links/find-account-link.js';
import { issueAccountLink } from '../../../src/domain/account-links/issue-account-link.js';
import { resetPassword } from '../../../src/domain/account-links/reset-password.js';
import { signInByTicket } from '../../../src/domain/account-links/sign-in-by-ticket.js';
import { verifyEmail } from '../../../src/domain/account-links/verify-email.js';
import type { Account } from '../../../src/domain/accounts/account.js';
import { changePassword } from '../../../src/domain/accounts/change-password.js';
import { createAccount } from '../../../src/domain/accounts/create-account.js';
import { setAccountDisabled } from '../../../src/domain/accounts/set-account-disabled.js';
import { updateAccount } from '../../../src/domain/accounts/update-account.js';
import { assignRole } from '../../../src/domain/roles/assign-role.js';
import { createRole } from '../../../src/domain/roles/create-role.js';
import { OPERATOR } from '../../../src/domain/roles/grantor.js';
import { createAccountDeps, faultsOf, GOOD_PASSWORD, OTHER_PASSWORD } from '../../support/account-deps.js';

const PURPOSES: readonly AccountLinkPurpose[] = ['password_reset', 'email_verification'];
const INVALID = { code: 'account_link_invalid' };
const NOBODY = '018f22e2-79b0-7cc3-98c4-dc0c0c07398f';

let deps: ReturnType<typeof createAccountDeps>;
let ada: Account;
beforeEach(async () => {
  deps = createAccountDeps();
  ada = await createAccount(deps, { email: 'ada@example.com', username: 'ada', password: GOOD_PASSWORD });
  deps.audit.entries.length = 0;
});

async function issueToken(purpose: AccountLinkPurpose): Promise<string> {
  const { url } = await issueAccountLink(deps, purpose, ada.id);
  return url.slice(url.lastIndexOf('/') + 1);
}

const use = (purpose: AccountLinkPurpose, token: string): Promise<Account> =>
  purpose === 'password_reset'
    ? resetPassword(deps, { token, password: OTHER_PASSWORD })
    : verifyEmail(deps, token);
const passwordHash = async () => (await deps.accounts.findByLogin('ada'))?.passwordHash;

describe('issueAccountLink', () => {
  test.each([
    ['password_reset', '/reset-password/', 30 * 60, 'password.reset_requested'],
    ['email_verification', '/verify-email/', 24 * 60 * 60, 'email.verification_requested'],
  ] as const)(
    'makes a short-lived link for %s from the issuer, and tells the audit log (S36, S71)',
    async (purpose, path, seconds, type) => {
      const { url, expiresAt } = await issueAccountLink(deps, purpose, ada.id);
      expect(url).toBe(`https://id.example.com${path}token-1`);
      expect(expiresAt.getTime() - deps.clock.now().getTime()).toBe(seconds * 1000);
      expect(deps.audit.entries).toEqual([
        { type, subject: { kind: 'user', id: ada.id }, details: { expires_at: expiresAt.toISOString() } },
      ]);
    },
  );

  test('stores a hash only', async () => {
    await issueToken('password_reset');
    expect(deps.accountLinks.links[0]?.tokenHash).toHaveLength(32);
    expect(JSON.stringify(deps.accountLinks.links)).not.toContain('token-1');
  });

  test('keeps the path of the issuer', async () => {
    const issuer = 'https://example.com/id/';
    const { url } = await issueAccountLink({ ...deps, issuer }, 'password_reset', ada.id);
    expect(url).toBe('https://example.com/id/reset-password/token-1');
  });

  test('is refused for an account that is disabled or not there', async () => {
    await setAccountDisabled(deps, ada.id, true);
    await expect(issueAccountLink(deps, 'password_reset', ada.id)).rejects.toMatchObject({
      code: 'account_disabled',
    });
    await expect(issueAccountLink(deps, 'email_verification', NOBODY)).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(deps.accountLinks.links).toEqual([]);
  });

  test('gives nobody a reset link for an account that may do more than they (S61)', async () => {
    const admin = await createAccount(deps, { email: 'root@example.com', roles: ['admin'] });
    const grantor = { permissions: new Set(['users:write'] as const) };
    await expect(issueAccountLink(deps, 'password_reset', admin.id, grantor)).rejects.toMatchObject({
      code: 'insufficient_rights',
    });
    expect(deps.accountLinks.links).toEqual([]);
    await expect(issueAccountLink(deps, 'password_reset', ada.id, grantor)).resolves.toBeDefined();
  });
});

describe('a link that was told to an administrator', () => {
  const grantor = { permissions: new Set(['users:read', 'users:write'] as const) };
  const issue = async (purpose: AccountLinkPurpose): Promise<string> => {
    const { url } = await issueAccountLink(deps, purpose, ada.id, grantor);
    return url.slice(url.lastIndexOf('/') + 1);
  };
  const promote = () => assignRole(deps, OPERATOR, ada.id, 'admin');

  test('opens no account that may do more by then than they (S61)', async () => {
    const [reset, signIn] = [await issue('password_reset'), await issue('sign_in')];
    await promote();
    await expect(resetPassword(deps, { token: reset, password: OTHER_PASSWORD })).rejects.toMatchObject(
      INVALID,
    );
    await expect(exchangeSignInLink(deps, signIn)).rejects.toMatchObject(INVALID);
    expect(await passwordHash()).toBe(`$fake$${GOOD_PASSWORD}`);
  });

  test('opens it no more where a browser has used it already', async () => {
    const { ticket } = await exchangeSignInLink(deps, await issue('sign_in'));
    await promote();
    await expect(signInByTicket(deps, { ticket, clientId: 'app' })).rejects.toMatchObject(INVALID);
  });

  test('opens one that may do as much, and that of an operator any', async () => {
    await createRole(deps, OPERATOR, { name: 'support', permissions: ['users:write'] });
    const signIn = await issue('sign_in');
    await updateAccount(deps, ada.id, { roles: ['support'] });
    const { ticket } = await exchangeSignInLink(deps, signIn);
    await expect(signInByTicket(deps, { ticket, clientId: 'app' })).resolves.toBeDefined();
    const token = await issueToken('password_reset');
    await promote();
    await expect(use('password_reset', token)).resolves.toBeDefined();
  });
});

describe.each(PURPOSES)('a link for %s', (purpose) => {
  const other = purpose === 'password_reset' ? 'email_verification' : 'password_reset';

  test('works once, also when it is used several times at once (S36)', async () => {
    const token = await issueToken(purpose);
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map(() => use(purpose, token)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(
      outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason as unknown),
    ).toEqual(Array.from({ length: 3 }, () => expect.objectContaining(INVALID) as unknown));
    await expect(use(purpose, token)).rejects.toMatchObject(INVALID);
  });

  test('can be looked at often', async () => {
    const token = await issueToken(purpose);
    for (let look = 0; look < 3; look += 1) {
      expect((await findAccountLink(deps, purpose, token)).account.id).toBe(ada.id);
    }
    await expect(use(purpose, token)).resolves.toBeDefined();
  });

  test('is worth nothing for another purpose (S28)', async () => {
    const token = await issueToken(other);
    await expect(findAccountLink(deps, purpose, token)).rejects.toMatchObject(INVALID);
    await expect(use(purpose, token)).rejects.toMatchObject(INVALID);
    await expect(use(other, token)).resolves.toBeDefined();
  });

  test('is refused when it is wrong, replaced or expired, and nothing is hashed', async () => {
    const replaced = await issueToken(purpose);
    const token = await issueToken(purpose);
    deps.passwordHasher.asked.length = 0;
    for (const wrong of ['', 'wrong', `${token} `, replaced]) {
      await expect(use(purpose, wrong)).rejects.toMatchObject(INVALID);
    }
    deps.clock.turn(ACCOUNT_LINK_KINDS[purpose].lifetime);
    await expect(use(purpose, token)).rejects.toMatchObject(INVALID);
    expect(deps.passwordHasher.asked).toEqual([]);
  });

  test('dies with a change of the email, also when the old one comes back under another account', async () => {
    const token = await issueToken(purpose);
    await updateAccount(deps, ada.id, { email: 'countess@example.com' });
    await createAccount(deps, { email: 'ada@example.com' });
    await expect(findAccountLink(deps, purpose, token)).rejects.toMatchObject(INVALID);
    await expect(use(purpose, token)).rejects.toMatchObject(INVALID);
    expect((await deps.accounts.findById(ada.id))?.emailVerified).toBe(false);
  });

  test('does not care for the case of the email', async () => {
    const token = await issueToken(purpose);
    await updateAccount(deps, ada.id, { email: 'ADA@example.com' });
    await expect(use(purpose, token)).resolves.toBeDefined();
  });

  test('is dead while the account is disabled (S39)', async () => {
    const token = await issueToken(purpose);
    await setAccountDisabled(deps, ada.id, true);
    await expect(findAccountLink(deps, purpose, token)).rejects.toMatchObject(INVALID);
    await expect(use(purpose, token)).rejects.toMatchObject(INVALID);
  });
});

describe('resetPassword', () => {
  test('sets the password, ends all that was issued and tells the audit log (OWASP ASVS V7.4.3)', async () => {
    const token = await issueToken('password_reset');
    deps.audit.entries.length = 0;
    const after = await resetPassword(deps, { token, password: OTHER_PASSWORD });
    expect(after).toEqual({ ...ada, version: 2 });
    expect(await passwordHash()).toBe(`$fake$${OTHER_PASSWORD}`);
    expect(deps.revoked).toEqual([ada.id]);
    const user = { kind: 'user', id: ada.id };
    expect(deps.audit.entries).toEqual([
      { type: 'password.changed', subject: user, actor: user, details: { ended: 1, by: 'reset_link' } },
    ]);
  });

  test('refuses a bad password or one made of the username, and leaves the link live', async () => {
    const token = await issueToken('password_reset');
    const reset = (password: string) => resetPassword(deps, { token, password });
    expect(await faultsOf(reset('short'))).toEqual(['password: password_too_short']);
    expect(await faultsOf(reset('ada@example.com'))).toEqual(['password: password_context']);
    expect(await passwordHash()).toBe(`$fake$${GOOD_PASSWORD}`);
    await expect(reset(OTHER_PASSWORD)).resolves.toBeDefined();
  });

  test('leaves the link live when the hasher has too much to do, or the write fails', async () => {
    const token = await issueToken('password_reset');
    deps.passwordHasher.overloaded = 'hash';
    await expect(use('password_reset', token)).rejects.toMatchObject({ code: 'overloaded' });
    deps.passwordHasher.overloaded = 'never';
    const setPasswordHash = deps.accounts.setPasswordHash.bind(deps.accounts);
    deps.accounts.setPasswordHash = () => Promise.reject(new Error('disk full'));
    await expect(use('password_reset', token)).rejects.toThrow('disk full');
    deps.accounts.setPasswordHash = setPasswordHash;
    await expect(use('password_reset', token)).resolves.toBeDefined();
  });

  test('ends with a change of the password by another way, and for good when the account is disabled (S39)', async () => {
    const before = await issueToken('password_reset');
    await changePassword(deps, ada.id, OTHER_PASSWORD);
    await expect(use('password_reset', before)).rejects.toMatchObject(INVALID);
    const token = await issueToken('password_reset');
    await setAccountDisabled(deps, ada.id, true);
    await setAccountDisabled(deps, ada.id, false);
    await expect(use('password_reset', token)).rejects.toMatchObject(INVALID);
  });

  test('leaves a link to verify the email alone', async () => {
    const verification = await issueToken('email_verification');
    await use('password_reset', await issueToken('password_reset'));
    await expect(use('email_verification', verification)).resolves.toMatchObject({ emailVerified: true });
  });
});

describe('verifyEmail', () => {
  test('marks the email as verified, ends nothing, and tells the audit log', async () => {
    const token = await issueToken('email_verification');
    deps.audit.entries.length = 0;
    expect(ada.emailVerified).toBe(false);
    expect(await verifyEmail(deps, token)).toEqual({ ...ada, emailVerified: true, version: 2 });
    expect((await deps.accounts.findById(ada.id))?.emailVerified).toBe(true);
    expect(deps.revoked).toEqual([]);
    const user = { kind: 'user', id: ada.id };
    expect(deps.audit.entries).toEqual([{ type: 'email.verified', subject: user, actor: user }]);
  });
});
