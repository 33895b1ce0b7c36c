import { createAccount } from '../../src/domain/accounts/create-account.js';
import { setAccountDisabled } from '../../src/domain/accounts/set-account-disabled.js';
import type { Session } from '../../src/domain/sessions/session.js';
import { shownPage } from '../support/http-app.js';
import { csrf, LOGIN, useInteractionApps } from '../support/interaction-app.js';

const serveInteractions = useInteractionApps();

const sessionOf = (accountId: string): Session => ({
  id: 'session-one',
  accountId,
  signedInAt: undefined,
  createdAt: new Date(0),
  expiresAt: undefined,
  amr: ['pwd'],
  clientIds: [],
});

/** A browser that is signed in to two accounts. */
async function serveTwoAccounts() {
  const served = await serveInteractions();
  const { interactions, account, accountId } = served;
  const other = await createAccount(account, { email: 'jo@work.example' });
  interactions.known = [
    { accountId, id: 'session-one', inUse: true },
    { accountId: other.id, id: 'session-two', inUse: false },
  ];
  interactions.now = { ...LOGIN, prompt: 'select_account', reasons: ['select_account_prompt'], accountId };
  return { ...served, otherId: other.id };
}

describe('choosing an account (OpenID Connect Core 1.0 §3.1.2.1 `select_account`)', () => {
  test('lists the accounts of this browser, the one in use first', async () => {
    const { show } = await serveTwoAccounts();
    const answer = await show();
    expect(answer.status).toBe(200);
    expect(shownPage(answer)).toEqual({
      page: 'select-account',
      model: {
        action: '/interaction/one/select',
        csrf: csrf.token('interaction one'),
        clientName: 'Shop',
        accounts: [
          {
            session: 'session-one',
            label: 'jo@example.com',
            inUse: true,
          },
          {
            session: 'session-two',
            label: 'jo@work.example',
            inUse: false,
          },
        ],
        cancelAction: '/interaction/one/abort',
      },
    });
  });

  test('goes on as the chosen account, without a password', async () => {
    const { interactions, post, otherId } = await serveTwoAccounts();
    expect(shownPage(await post('select', { session: 'session-two' })).page).toBe('continue');
    expect(interactions.finished).toEqual([`selected ${otherId}`]);
  });

  test('leads to the login page for an account that is not in the list, and where the session has just ended', async () => {
    const { interactions, post } = await serveTwoAccounts();
    expect(shownPage(await post('select', { other: '1' }))).toMatchObject({
      page: 'login',
      model: { identifier: '', reauthentication: false },
    });
    interactions.selectAccount = () => Promise.resolve(undefined);
    expect(shownPage(await post('select', { session: 'session-two' }))).toMatchObject({
      page: 'login',
      model: { identifier: 'jo@work.example', reauthentication: false },
    });
    expect(interactions.finished).toEqual([]);
  });

  test.each([
    ['none', {}],
    ['a session of another browser', { session: 'session-three' }],
    ['an account', { session: '01938f6e-4bd1-7a52-9d2f-1c0f6a9b2e77' }],
  ])('shows the list again where %s was named', async (_what, fields) => {
    const { interactions, post } = await serveTwoAccounts();
    const answer = await post('select', fields);
    expect(answer.status).toBe(422);
    expect(shownPage(answer).page).toBe('select-account');
    expect(interactions.finished).toEqual([]);
  });

  test('refuses a form that was not posted from its page', async () => {
    const { interactions, post } = await serveTwoAccounts();
    expect((await post('select', { session: 'session-two', csrf: 'no' })).status).toBe(403);
    expect(interactions.finished).toEqual([]);
  });

  test('does not list an account that was disabled', async () => {
    const { show, account, otherId } = await serveTwoAccounts();
    await setAccountDisabled(account, otherId, true);
    expect(shownPage(await show()).model).toMatchObject({ accounts: [{ label: 'jo@example.com' }] });
  });

  test('signs an account out, and tells the audit log', async () => {
    const { post, account, accountId, interactions } = await serveTwoAccounts();
    account.sessions.sessions = [sessionOf(accountId)];
    const answer = await post('select', { end: 'session-one' });
    expect([answer.status, answer.headers.location]).toEqual([303, '/interaction/one']);
    // What the library keeps is left first: an interaction ends with the session that it belongs to.
    expect(interactions.known.map(({ id }) => id)).toEqual(['session-two']);
    expect(account.sessions.sessions).toEqual([]);
    expect(account.audit.entries.at(-1)).toMatchObject({
      type: 'session.ended',
      subject: { kind: 'user', id: accountId },
      details: { session: 'session-one' },
    });
  });

  test('goes on where the session that is to end is over already', async () => {
    const { post } = await serveTwoAccounts();
    expect((await post('select', { end: 'session-one' })).status).toBe(303);
  });
});

describe('signing in while other accounts are signed in', () => {
  test('offers them where nobody is in use', async () => {
    const { interactions, show } = await serveTwoAccounts();
    interactions.known = interactions.known.slice(1);
    interactions.now = LOGIN;
    expect(shownPage(await show())).toMatchObject({
      page: 'select-account',
      model: { accounts: [{ label: 'jo@work.example' }] },
    });
  });

  test('asks for the account that the app hints at', async () => {
    const { interactions, show } = await serveTwoAccounts();
    interactions.known = interactions.known.slice(1);
    interactions.now = { ...LOGIN, loginHint: 'new@example.com' };
    expect(shownPage(await show())).toMatchObject({
      page: 'login',
      model: { identifier: 'new@example.com' },
    });
  });

  test('tells that the app asks for another account than the one in use (§3.1.2.1 `id_token_hint`)', async () => {
    const { interactions, accountId, show } = await serveTwoAccounts();
    interactions.now = { ...LOGIN, accountId, reasons: ['id_token_hint'] };
    expect(shownPage(await show())).toMatchObject({
      page: 'select-account',
      model: { notWanted: 'jo@example.com' },
    });
    interactions.known = [];
    expect(shownPage(await show())).toMatchObject({
      page: 'login',
      model: { notWanted: 'jo@example.com', identifier: '', reauthentication: false },
    });
  });

  test('offers them to whoever switches the account', async () => {
    const { interactions, accountId, post } = await serveTwoAccounts();
    interactions.now = { ...LOGIN, prompt: 'consent', accountId };
    expect(shownPage(await post('switch', {})).page).toBe('select-account');
    interactions.known = interactions.known.slice(0, 1);
    expect(shownPage(await post('switch', {}))).toMatchObject({ page: 'login', model: { identifier: '' } });
  });
});
