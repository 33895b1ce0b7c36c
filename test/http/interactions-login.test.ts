import { setAccountDisabled } from '../../src/domain/accounts/set-account-disabled.js';
import { DomainError } from '../../src/domain/errors.js';
import { GOOD_PASSWORD } from '../support/account-deps.js';
import { shownPage, type HttpAnswer } from '../support/http-app.js';
import { csrf, LOGIN, RESUME, useInteractionApps } from '../support/interaction-app.js';

const serveInteractions = useInteractionApps();

describe('the login page', () => {
  test('asks for whoever the app hints at (OpenID Connect Core 1.0 §3.1.2.1)', async () => {
    const { interactions, show } = await serveInteractions();
    interactions.now = { ...LOGIN, loginHint: 'jo@example.com', display: 'popup', uiLocales: 'de' };
    const answer = await show();
    expect(answer.status).toBe(200);
    expect(shownPage(answer)).toEqual({
      page: 'login',
      display: 'popup',
      uiLocales: 'de',
      model: {
        action: '/interaction/one/login',
        csrf: csrf.token('interaction one'),
        clientName: 'Shop',
        identifier: 'jo@example.com',
        cancelAction: '/interaction/one/abort',
        passkey: {
          action: '/interaction/one/passkey',
          optionsAction: '/interaction/one/passkey/options',
        },
        reauthentication: false,
        upstreams: [],
      },
    });
  });

  test('only has a person confirm who is signed in, unless it is not them', async () => {
    const { interactions, accountId, show, post } = await serveInteractions();
    interactions.now = { ...LOGIN, accountId, loginHint: 'other@example.com' };
    expect(shownPage(await show()).model).toMatchObject({
      identifier: 'jo@example.com',
      reauthentication: true,
      switchAccountAction: '/interaction/one/switch',
    });
    const switched = shownPage(await post('switch', {})).model;
    expect(switched).toMatchObject({ identifier: '', reauthentication: false });
    expect(switched).not.toHaveProperty('switchAccountAction');
  });

  test('fixes no account that was disabled meanwhile', async () => {
    const { interactions, account, accountId, show } = await serveInteractions();
    await setAccountDisabled(account, accountId, true);
    interactions.now = { ...LOGIN, accountId };
    expect(shownPage(await show()).model).toMatchObject({ identifier: '', reauthentication: false });
  });
});

describe('signing in', () => {
  test('goes on with the protocol by a page in between, and tells how it was done (RFC 8176 §2)', async () => {
    const { interactions, accountId, logger, signIn } = await serveInteractions();
    const answer = await signIn();
    expect(answer.status).toBe(200);
    expect(shownPage(answer)).toEqual({
      page: 'continue',
      model: { continueUri: RESUME, clientName: 'Shop' },
    });
    expect(interactions.finished).toMatchObject([
      { accountId, amr: ['pwd'], acr: 'https://refeds.org/profile/sfa' },
    ]);
    expect(logger.lines).toMatchObject([{ event: 'signed in', fields: { accountId, clientId: 'shop' } }]);
  });

  test.each([
    ['the password is wrong', { password: 'wrong' }, 'invalid_credentials'],
    ['nobody has that name', { username: 'nobody@example.com' }, 'invalid_credentials'],
    ['the name is missing', { username: '  ' }, 'identifier_missing'],
    ['the password is missing', { password: '' }, 'password_missing'],
  ])('is refused when %s, and keeps the name and not the password', async (_, fields, fault) => {
    const { interactions, logger, signIn } = await serveInteractions();
    const answer = await signIn(fields);
    expect(answer.status).toBe(422);
    const typed = { username: 'jo@example.com', ...fields };
    expect(shownPage(answer)).toMatchObject({ page: 'login', model: { fault, identifier: typed.username } });
    expect(answer.body).not.toContain(GOOD_PASSWORD);
    expect(interactions.finished).toEqual([]);
    expect(JSON.stringify(logger.lines)).not.toMatch(/jo@example|nobody@|wrong|herring/);
  });

  test('tells known, unknown and disabled people the same', async () => {
    const { account, accountId, signIn } = await serveInteractions();
    const known = await signIn({ password: 'wrong' });
    const unknown = await signIn({ username: 'no@example.com' });
    await setAccountDisabled(account, accountId, true);
    const disabled = await signIn();
    const alike = ({ body }: HttpAnswer): string => body.replaceAll(/\b(jo|no)@example\.com/g, '');
    expect(alike(unknown)).toBe(alike(known));
    expect(alike(disabled)).toBe(alike(known));
    expect([unknown.status, disabled.status]).toEqual([known.status, known.status]);
  });

  test('says when to try again after too many tries (RFC 6585 §4)', async () => {
    const { account, signIn } = await serveInteractions();
    account.loginThrottle.wait = 61;
    const answer = await signIn();
    expect(answer).toMatchObject({ status: 429, headers: { 'retry-after': '61' } });
    expect(shownPage(answer).model).toMatchObject({ fault: 'too_many_attempts', retryAfterMinutes: 2 });
  });

  test('says when to try again while passwords cannot be compared', async () => {
    const { account, interactions, signIn } = await serveInteractions();
    account.passwordHasher.overloaded = 'verify';
    const answer = await signIn();
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    expect(shownPage(answer).model).toMatchObject({ fault: 'overloaded', identifier: 'jo@example.com' });
    expect(interactions.finished).toEqual([]);
  });

  test('counts tries by the address that the proxy tells', async () => {
    const { account, signIn } = await serveInteractions();
    await signIn({ password: 'wrong' }, { 'x-forwarded-for': '198.51.100.66, 203.0.113.9' });
    expect(account.loginThrottle.notes.at(-1)).toContain('203.0.113.9');
  });

  test('fails as a whole when the database is away', async () => {
    const away = new DomainError('storage_unavailable', 'The database is away.');
    const { app, interactions, signIn } = await serveInteractions();
    interactions.finishLogin = () => Promise.reject(away);
    expect(await signIn()).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    expect((await app.ask('/interaction/one/login')).status).toBe(302);
  });
});
