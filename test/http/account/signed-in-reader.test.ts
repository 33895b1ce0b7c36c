import { returnAddress, useAccountApps } from '../../support/account-app.js';
import { BROWSER, shownPage, type HttpAnswer } from '../../support/http-app.js';

const start = useAccountApps();

/** The request for a sign-in that an answer redirects to. */
function signIn(answer: HttpAnswer): URLSearchParams {
  expect(answer.status).toBe(303);
  expect(answer.headers['cache-control']).toBe('no-store');
  const url = new URL(answer.headers.location ?? '', 'https://id.example.com');
  expect(url.pathname).toBe('/authorize');
  return url.searchParams;
}

describe('whoever is not signed in', () => {
  it('signs in for the account and comes back to the page, query and all', async () => {
    const { app } = await start();
    const request = signIn(await app.ask('/account/activity?before=7', { headers: BROWSER }));
    expect(Object.fromEntries(request)).toMatchObject({
      client_id: 'latchkey-account',
      response_type: 'code',
      scope: 'openid',
      redirect_uri: 'https://id.example.com/account/signed-in',
      code_challenge_method: 'S256',
    });
    expect(request.get('code_challenge')).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(request.has('prompt')).toBe(false);
    const back = await app.ask(`/account/signed-in?code=x&state=${request.get('state') ?? ''}`);
    expect([back.status, back.headers.location]).toEqual([303, '/account/activity?before=7']);
  });

  it('is every browser without the session', async () => {
    const { app, session } = await start();
    signIn(await app.ask('/account', { headers: { cookie: 'browser=another' } }));
    session.now = undefined;
    signIn(await app.ask('/account', { headers: { cookie: 'browser=mine' } }));
  });

  it('is whoever’s account is disabled or gone (S24)', async () => {
    const { accounts, account, show } = await start();
    await accounts.update({ ...account, disabled: true, version: account.version + 1 });
    expect(signIn(await show('/account')).get('prompt')).toBe('login');
    await accounts.remove(account.id);
    expect(signIn(await show('/account')).get('prompt')).toBe('login');
  });

  it('is whoever’s session lasts longer than it may (S38)', async () => {
    const { session, show } = await start();
    session.now = session.now && { ...session.now, outlived: true };
    expect(signIn(await show('/account')).get('prompt')).toBe('login');
  });

  it('posts nothing, and comes back to the page of the form', async () => {
    const { app } = await start();
    const request = signIn(await app.ask('/account/sessions?x=1', { method: 'POST' }));
    const back = await app.ask(`/account/signed-in?state=${request.get('state') ?? ''}`);
    expect(back.headers.location).toBe('/account/sessions');
  });
});

describe('what matters', () => {
  it('takes a proof of the last ten minutes', async () => {
    const { clock, show, session } = await start();
    expect((await show('/account/data')).status).toBe(200);
    clock.turn(600);
    expect((await show('/account/data')).status).toBe(200);
    clock.turn(1);
    expect((await show('/account')).status).toBe(200);
    expect(signIn(await show('/account/data')).get('prompt')).toBe('login');
    session.now = session.now && { ...session.now, signedInAt: clock.now() };
    expect((await show('/account/data')).status).toBe(200);
  });

  it('takes a second factor of whoever had one when they signed in, also in a browser that is not asked for it', async () => {
    const { clock, show, session, secondFactor } = await start();
    secondFactor.since = clock.now();
    const request = signIn(await show('/account/data'));
    // The password was proved a moment ago, so only the step that is missing is asked for.
    expect([request.get('prompt'), request.get('acr_values')]).toEqual([
      null,
      'https://refeds.org/profile/mfa',
    ]);
    expect((await show('/account')).status).toBe(200);
    session.now = session.now && { ...session.now, acr: 'https://refeds.org/profile/mfa' };
    expect((await show('/account/data')).status).toBe(200);
    session.now = session.now && { ...session.now, acr: 'phr' };
    expect((await show('/account/data')).status).toBe(200);
  });

  it('does not take a second factor that was added since the sign-in', async () => {
    const { clock, show, secondFactor } = await start();
    secondFactor.since = new Date(clock.now().getTime() + 1000);
    expect((await show('/account/data')).status).toBe(200);
  });
});

describe('the way back', () => {
  it.each([
    ['nothing', ''],
    ['a state of somebody else', 'L2FjY291bnQvZGF0YQ.AAAA'],
    ['a state without a mark', Buffer.from('/account/data').toString('base64url')],
    ['rubbish', '%00.%00'],
  ])('leads to the first page for %s', async (_name, state) => {
    const { app } = await start();
    const answer = await app.ask(`/account/signed-in?state=${state}`);
    expect([answer.status, answer.headers.location]).toEqual([303, '/account']);
  });

  it.each([
    'https://evil.example/account',
    '//evil.example/account',
    '/\\evil.example/account',
    '/account/../interaction/x',
    '/account/%2e%2e/x',
    '/accounts',
    '/account\n/x',
    `/account/${'x'.repeat(1_000)}`,
  ])('never leads to %j (S42)', (path) => {
    expect(returnAddress.fromState(returnAddress.toState(path))).toBe('/account');
  });

  it('says so when the person gave up, and offers to sign in', async () => {
    const { app } = await start();
    const state = returnAddress.toState('/account/apps');
    const answer = await app.ask(`/account/signed-in?error=access_denied&state=${state}`);
    expect(shownPage(answer)).toMatchObject({
      page: 'account-not-signed-in',
      model: { retryUri: '/account/apps' },
    });
  });
});
