import { changeEmail, findEmailChange } from '../../../src/domain/account-links/change-email.js';
import { requestEmailChange } from '../../../src/domain/account-links/request-email-change.js';
import { requestEmailVerification } from '../../../src/domain/account-links/request-email-verification.js';
import { requestPasswordReset } from '../../../src/domain/account-links/request-password-reset.js';
import { resetPassword } from '../../../src/domain/account-links/reset-password.js';
import { verifyEmail } from '../../../src/domain/account-links/verify-email.js';
import { createAccount } from '../../../src/domain/accounts/create-account.js';
import { setAccountDisabled } from '../../../src/domain/accounts/set-account-disabled.js';
import {
  createAccountDeps,
  faultsOf,
  GOOD_PASSWORD,
  OTHER_PASSWORD,
  refusalOf,
} from '../../support/account-deps.js';

let deps: ReturnType<typeof createAccountDeps>;
let id: string;
beforeEach(async () => {
  deps = createAccountDeps();
  ({ id } = await createAccount(deps, { email: 'jo@example.org', username: 'jo', password: GOOD_PASSWORD }));
  deps.audit.entries.length = 0;
});

const lastMail = () => deps.mailOutbox.mails.at(-1);
const lastToken = (): string =>
  (lastMail()?.values as { readonly link: string } | undefined)?.link.split('/').at(-1) ?? '';

describe('a forgotten password', () => {
  test.each(['jo@example.org', ' JO@Example.org ', 'jo'])(
    '%j gets a link at its own address',
    async (login) => {
      await requestPasswordReset(deps, login, 'de');
      expect(lastMail()).toMatchObject({
        kind: 'password-reset',
        to: 'jo@example.org',
        locale: 'de',
        accountId: id,
      });
      await resetPassword(deps, { token: lastToken(), password: OTHER_PASSWORD });
      expect((await deps.accounts.findByLogin('jo'))?.passwordHash).toBe(`$fake$${OTHER_PASSWORD}`);
    },
  );

  test.each(['nobody@example.org', '', 'x'.repeat(1000), 'jo@example.org\r\nBcc: a@b.example'])(
    '%j gets no mail',
    async (login) => {
      await requestPasswordReset(deps, login, undefined);
      expect(deps.mailOutbox.mails).toEqual([]);
      expect(deps.audit.entries).toMatchObject([
        { type: 'password.reset_requested', details: { mailed: false } },
      ]);
    },
  );

  test('a disabled account gets no mail; one without a password gets its first one', async () => {
    await setAccountDisabled(deps, id, true);
    const before = deps.mailOutbox.mails.length;
    await requestPasswordReset(deps, 'jo', undefined);
    expect(deps.mailOutbox.mails).toHaveLength(before);
    await createAccount(deps, { email: 'passkeys@example.org' });
    await requestPasswordReset(deps, 'passkeys@example.org', undefined);
    expect(lastMail()).toMatchObject({ to: 'passkeys@example.org' });
  });

  test('a second link ends the first', async () => {
    await requestPasswordReset(deps, 'jo', undefined);
    const first = lastToken();
    await requestPasswordReset(deps, 'jo', undefined);
    const refusal = await refusalOf(resetPassword(deps, { token: first, password: OTHER_PASSWORD }));
    expect(refusal.code).toBe('account_link_invalid');
  });
});

describe('a change of email', () => {
  const request = (email: string) => requestEmailChange(deps, { accountId: id, email, locale: 'de' });

  test('happens when the link is followed that went to the new address; the old one gets a word (S72)', async () => {
    await request('new@example.org');
    expect(lastMail()).toMatchObject({ kind: 'email-change', to: 'new@example.org' });
    const token = lastToken();
    expect(await deps.accounts.findById(id)).toMatchObject({ email: 'jo@example.org' });
    expect(await findEmailChange(deps, token)).toMatchObject({ newEmail: 'new@example.org' });
    const account = await changeEmail(deps, token, id);
    expect(account).toMatchObject({ email: 'new@example.org', emailVerified: true });
    expect(lastMail()).toMatchObject({
      kind: 'notice',
      to: 'jo@example.org',
      values: { notice: 'email_changed' },
    });
    expect((await refusalOf(changeEmail(deps, token, id))).code).toBe('account_link_invalid');
    expect(deps.audit.entries.map(({ type }) => type)).toEqual(['email.change_requested', 'email.changed']);
  });

  test('is for the account that asked: nobody gives a stranger their address by opening a link', async () => {
    const other = await createAccount(deps, { email: 'other@example.org', password: GOOD_PASSWORD });
    await request('new@example.org');
    const token = lastToken();
    expect((await refusalOf(changeEmail(deps, token, other.id))).code).toBe('account_link_invalid');
    expect(await deps.accounts.findById(id)).toMatchObject({ email: 'jo@example.org' });
    expect(await changeEmail(deps, token, id)).toMatchObject({ email: 'new@example.org' });
  });

  test('tells nobody at the form that an address is taken (S33)', async () => {
    await createAccount(deps, { email: 'taken@example.org', password: GOOD_PASSWORD });
    await request('taken@example.org');
    const token = lastToken();
    expect((await refusalOf(changeEmail(deps, token, id))).code).toBe('account_link_invalid');
    expect(await deps.accounts.findById(id)).toMatchObject({ email: 'jo@example.org' });
  });

  test('is refused for what is no address, and for the one that it has', async () => {
    expect(await faultsOf(request('new@example.org\nCc: a@b.example'))).toEqual(['email: email_invalid']);
    expect(await faultsOf(request('jo@example.org'))).toEqual(['email: email_same']);
    expect(deps.mailOutbox.mails).toEqual([]);
  });

  test('ends with another email, a day, another link, and every other purpose is refused (S36)', async () => {
    await request('new@example.org');
    const first = lastToken();
    await request('newer@example.org');
    const second = lastToken();
    expect((await refusalOf(changeEmail(deps, first, id))).code).toBe('account_link_invalid');
    const asReset = resetPassword(deps, { token: second, password: OTHER_PASSWORD });
    expect((await refusalOf(asReset)).code).toBe('account_link_invalid');
    expect((await refusalOf(verifyEmail(deps, second))).code).toBe('account_link_invalid');
    deps.clock.turn(24 * 60 * 60);
    expect((await refusalOf(changeEmail(deps, second, id))).code).toBe('account_link_invalid');
  });
});

describe('a verification', () => {
  test('is mailed to the address of the account, and only while it is not verified', async () => {
    await requestEmailVerification(deps, { accountId: id });
    expect(lastMail()).toMatchObject({ kind: 'email-verification', to: 'jo@example.org' });
    await verifyEmail(deps, lastToken());
    await requestEmailVerification(deps, { accountId: id });
    expect(deps.mailOutbox.mails).toHaveLength(1);
  });

  test('is counted', async () => {
    deps.loginThrottle.wait = 60;
    const refusal = await refusalOf(requestEmailVerification(deps, { accountId: id }));
    expect(refusal.code).toBe('too_many_attempts');
    expect(deps.mailOutbox.mails).toEqual([]);
  });
});
