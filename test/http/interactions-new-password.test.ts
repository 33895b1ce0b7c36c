import { changePassword } from '../../src/domain/accounts/change-password.js';
import type { CurrentInteraction } from '../../src/provider/interactions.js';
import { GOOD_PASSWORD, OTHER_PASSWORD } from '../support/account-deps.js';
import { shownPage, type HttpAnswer } from '../support/http-app.js';
import { csrf, LOGIN, useInteractionApps } from '../support/interaction-app.js';

const serveInteractions = useInteractionApps();
const PAGE = '/interaction/one/new-password';

/** Somebody whose password an administrator has set, and who has proved it. */
async function provedTemporary() {
  const served = await serveInteractions();
  await changePassword(served.account, served.accountId, GOOD_PASSWORD, undefined, true);
  const answer = await served.signIn();
  expect([answer.status, answer.headers['location']]).toEqual([303, PAGE]);
  return {
    ...served,
    open: (path = PAGE): Promise<HttpAnswer> => served.app.ask(path, { headers: { cookie: 'browser=mine' } }),
    hasher: served.account.passwordHasher,
    passwordOf: async () => (await served.account.accounts.findByLogin('jo@example.com'))?.passwordHash,
  };
}

describe('a sign-in by a temporary password (ASVS 5.0 V6.4.6)', () => {
  test('shows the page for a new one, and signs nobody in', async () => {
    const { interactions, open } = await provedTemporary();
    const answer = await open();
    expect(answer.status).toBe(200);
    expect(shownPage(answer)).toMatchObject({
      page: 'new-password',
      model: {
        action: PAGE,
        csrf: csrf.token('interaction one'),
        clientName: 'Shop',
        account: { label: 'jo@example.com' },
        passwordMinLength: 15,
        faults: [],
        cancelAction: '/interaction/one/second-factor/abort',
        switchAccountAction: '/interaction/one/second-factor/switch',
      },
    });
    expect(interactions.finished).toEqual([]);
  });

  test.each(['/interaction/one', '/interaction/one/second-factor', '/interaction/one/second-factor/totp'])(
    'leads from %s back to it',
    async (path) => {
      const { interactions, open } = await provedTemporary();
      const first = await open(path);
      expect(first.status).toBe(303);
      const next = first.headers['location'] ?? '';
      const last = next === PAGE ? first : await open(next);
      expect(last.headers['location']).toBe(PAGE);
      expect(interactions.finished).toEqual([]);
    },
  );

  test('goes on with the new one, which is written with its notice and its event', async () => {
    const { interactions, account, accountId, post, passwordOf } = await provedTemporary();
    const [mails, entries, ended] = [
      account.mailOutbox.mails.length,
      account.audit.entries.length,
      account.revoked.length,
    ];
    expect((await post('new-password', { password: OTHER_PASSWORD })).status).toBe(200);
    expect(interactions.finished).toMatchObject([{ accountId, amr: ['pwd'] }]);
    expect(await passwordOf()).toBe(`$fake$${OTHER_PASSWORD}`);
    expect((await account.accounts.findById(accountId))?.passwordTemporary).toBeUndefined();
    expect(account.mailOutbox.mails.slice(mails)).toMatchObject([{ kind: 'notice', accountId }]);
    expect(account.audit.entries.slice(entries)).toMatchObject([
      { type: 'password.changed', actor: { kind: 'user', id: accountId }, details: { by: 'sign_in' } },
    ]);
    expect(account.revoked.slice(ended)).toEqual([accountId]);
  });

  test.each([
    ['nothing', '', 'password_missing'],
    ['a short one', 'short', 'password_too_short'],
    ['the temporary one', GOOD_PASSWORD, 'password_unchanged'],
  ])('refuses %s', async (_, password, code) => {
    const { interactions, post, passwordOf } = await provedTemporary();
    const answer = await post('new-password', { password });
    expect(answer.status).toBe(422);
    expect(shownPage(answer).model['faults']).toMatchObject([{ field: 'password', code }]);
    expect(await passwordOf()).toBe(`$fake$${GOOD_PASSWORD}`);
    expect(interactions.finished).toEqual([]);
  });

  test('asks to try again when too many passwords wait', async () => {
    const { hasher, post } = await provedTemporary();
    hasher.overloaded = 'hash';
    const answer = await post('new-password', { password: OTHER_PASSWORD });
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5']);
    expect(shownPage(answer).model['faults']).toMatchObject([{ field: '', code: 'overloaded' }]);
  });

  test('changes nothing without the token of the form', async () => {
    const { post, passwordOf } = await provedTemporary();
    expect((await post('new-password', { password: OTHER_PASSWORD, csrf: 'x' })).status).toBe(403);
    expect(await passwordOf()).toBe(`$fake$${GOOD_PASSWORD}`);
  });

  test('is over when the password was set anew meanwhile', async () => {
    const { interactions, account, accountId, post, passwordOf } = await provedTemporary();
    await changePassword(account, accountId, 'third quiet meadow at dusk', undefined, true);
    const answer = await post('new-password', { password: OTHER_PASSWORD });
    expect([answer.status, answer.headers['location']]).toEqual([303, '/interaction/one']);
    expect(await passwordOf()).toBe('$fake$third quiet meadow at dusk');
    expect(interactions.finished).toEqual([]);
  });

  test('keeps the sign-in itself, and the session that this browser has of the account', async () => {
    const { interactions, accountId, account, post } = await provedTemporary();
    const kept: (string | undefined)[] = [];
    account.artifactRevocation.revokeAccount = (id, keptSessionId, keptInteractionId) => {
      kept.push(keptSessionId, keptInteractionId);
      return Promise.resolve(account.revoked.push(id));
    };
    interactions.known = [{ accountId, id: 'own-session', inUse: true }];
    await post('new-password', { password: OTHER_PASSWORD });
    expect(kept).toEqual(['own-session', 'reference of one']);
  });
});

test('nobody chooses a new password who has not proved a temporary one', async () => {
  const { interactions, accountId, post, account } = await serveInteractions();
  const asked = async (): Promise<(number | string | undefined)[]> => {
    const answer = await post('new-password', { password: OTHER_PASSWORD });
    return [answer.status, answer.headers['location']];
  };
  expect(await asked()).toEqual([303, '/interaction/one']);
  await changePassword(account, accountId, GOOD_PASSWORD, undefined, true);
  const before: CurrentInteraction = { ...LOGIN, accountId };
  interactions.now = before;
  expect(await asked()).toEqual([303, '/interaction/one']);
  const record = await account.accounts.findByLogin('jo@example.com');
  expect(record?.passwordHash).toBe(`$fake$${GOOD_PASSWORD}`);
});
