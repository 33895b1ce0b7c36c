import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import * as openid from 'openid-client';
import { deleteDueAccounts } from '../../src/domain/account-deletion/delete-due-accounts.js';
import { ageSessions } from '../support/age-artifacts.js';
import { checkAccessibility, launchBrowser } from '../support/browser.js';
import { closeConnections } from '../support/relying-party-requests.js';
import { startRelyingPartySite, type RelyingPartySite } from '../support/relying-party-site.js';
import { openFixture, type Fixture, type TestClient, type TestUser } from '../support/server-fixture.js';
import { startServer, type TestServer } from '../support/server.js';

const DAY_MS = 86_400_000;

let server: TestServer;
let fixture: Fixture;
let browser: Browser;
let site: RelyingPartySite;

beforeAll(async () => {
  [server, browser, site] = await Promise.all([startServer(), launchBrowser(), startRelyingPartySite()]);
  fixture = await openFixture(server);
});

afterAll(async () => {
  closeConnections();
  await Promise.all([browser.close(), fixture.close(), site.close()]);
  await server.stop();
});

const at = (path: string): string => `${server.issuer}${path}`;

async function signIn(page: Page, { email, password }: TestUser): Promise<void> {
  await page.getByLabel('Email or username').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** Opens a page of the account and signs in for it. */
async function openSignedIn(page: Page, user: TestUser, path = '/account'): Promise<void> {
  await page.goto(at(path));
  await signIn(page, user);
  await page.waitForURL(at(path));
}

/** Whether the browser is asked to sign in when it opens the account. */
async function isSignedOut(page: Page): Promise<boolean> {
  await page.goto(at('/account'));
  return new URL(page.url()).pathname.startsWith('/interaction/');
}

async function expectAccessible(page: Page): Promise<void> {
  expect({ at: page.url(), findings: await checkAccessibility(page) }).toEqual({
    at: page.url(),
    findings: [],
  });
}

/** Gives the work a browser without any cookies. */
async function withBrowser<Result>(
  work: (page: Page, context: BrowserContext) => Promise<Result>,
  options: { readonly javaScriptEnabled?: boolean; readonly userAgent?: string } = {},
): Promise<Result> {
  const context = await browser.newContext(options);
  try {
    return await work(await context.newPage(), context);
  } finally {
    await context.close();
  }
}

/** An app that asks for consent, and how to sign in to it. */
async function registerApp(name: string) {
  const client: TestClient = await fixture.client({ name, redirectUris: [site.callback], firstParty: false });
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- so marked to stand out; the server is on loopback
  const execute = [openid.allowInsecureRequests];
  const { clientId, clientSecret } = client;
  const config = await openid.discovery(new URL(server.issuer), clientId, clientSecret, undefined, {
    execute,
  });
  return {
    clientId,
    config,
    async begin(extra: Readonly<Record<string, string>> = {}) {
      const pkceCodeVerifier = openid.randomPKCECodeVerifier();
      const checks = { pkceCodeVerifier, expectedState: openid.randomState() };
      const url = openid.buildAuthorizationUrl(config, {
        redirect_uri: site.callback,
        scope: 'openid email offline_access',
        code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: 'S256',
        state: checks.expectedState,
        ...extra,
      });
      return { url: url.href, checks };
    },
  };
}

type App = Awaited<ReturnType<typeof registerApp>>;

const allow = (page: Page): Promise<void> => page.getByRole('button', { name: 'Allow', exact: true }).click();

/** @returns the tokens of an app that the browser has come back to */
async function tokensOf(page: Page, app: App, begun: Awaited<ReturnType<App['begin']>>) {
  await page.waitForURL(`${site.callback}?**`);
  return openid.authorizationCodeGrant(app.config, new URL(page.url()), begun.checks);
}

describe.each([
  { scripts: 'with scripts', javaScriptEnabled: true },
  { scripts: 'without scripts', javaScriptEnabled: false },
])('the account in a browser $scripts', ({ javaScriptEnabled }) => {
  it('asks to sign in and comes back; changes the profile; signs out', async () => {
    const user = await fixture.user({ profile: { givenName: 'Ada' } });
    await withBrowser(
      async (page) => {
        await openSignedIn(page, user, '/account/profile');
        await page.getByLabel('Family name').fill('Lovelace');
        await page.getByLabel('Time zone').fill('Europe/Nowhere');
        await page.getByRole('button', { name: 'Save' }).click();
        await page.getByText('There is a problem').waitFor();
        expect(await page.getByLabel('Family name').inputValue()).toBe('Lovelace');
        await page.getByLabel('Time zone').fill('Europe/London');
        await page.getByRole('button', { name: 'Save' }).click();
        await page.getByText('Your profile is saved.').waitFor();
        await page.goto(at('/account'));
        await page.getByText('Ada Lovelace').waitFor();
        await page.getByRole('link', { name: 'Activity' }).click();
        await page.getByText('Your account was changed').waitFor();
        await page.goto(at('/account'));
        await page.getByRole('link', { name: 'Sign out' }).click();
        await page.getByRole('button', { name: 'Sign out' }).click();
        await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
        expect(await isSignedOut(page)).toBe(true);
      },
      { javaScriptEnabled },
    );
  });

  it('deletes itself after a proof; signing in to an app offers to keep it', async () => {
    const user = await fixture.user();
    const app = await registerApp('Garden planner');
    await withBrowser(
      async (page) => {
        const first = await app.begin({ prompt: 'consent' });
        await page.goto(first.url);
        await signIn(page, user);
        await allow(page);
        const { refresh_token: refreshToken = '' } = await tokensOf(page, app, first);

        await ageSessions(fixture, user, 601);
        await page.goto(at('/account/deletion'));
        await page.getByRole('heading', { name: 'Confirm it’s you' }).waitFor();
        await page.getByLabel('Password', { exact: true }).fill(user.password);
        await page.getByRole('button', { name: 'Confirm' }).click();
        await page.getByRole('button', { name: 'Delete my account' }).click();
        await page.getByRole('heading', { name: 'Your account will be deleted' }).waitFor();
        await expect(openid.refreshTokenGrant(app.config, refreshToken)).rejects.toMatchObject({
          error: 'invalid_grant',
        });
        expect(await isSignedOut(page)).toBe(true);

        // Signing in to the app leads to the choice, and nothing without it.
        const second = await app.begin();
        await page.goto(second.url);
        await signIn(page, user);
        await page.getByRole('button', { name: 'Keep my account' }).waitFor();
        await page.goto((await app.begin({ prompt: 'none' })).url);
        await page.waitForURL(`${site.callback}?**`);
        expect(new URL(page.url()).searchParams.get('error')).toBe('interaction_required');
        await page.goto(at('/account/apps'));
        await page.getByRole('heading', { name: 'Your account will be deleted' }).waitFor();

        const third = await app.begin();
        await page.goto(third.url);
        await page.getByText('To go on to Garden planner, keep your account.').waitFor();
        await page.getByRole('button', { name: 'Keep my account' }).click();
        expect((await tokensOf(page, app, third)).claims()?.sub).toBe(user.id);
        await page.goto(at('/account'));
        await page.getByRole('heading', { name: 'Your account', exact: true }).waitFor();
      },
      { javaScriptEnabled },
    );
  });
});

describe('sessions', () => {
  it('are told by their browser; the other one is out at once, this one stays', async () => {
    const user = await fixture.user();
    await withBrowser(async (mine) => {
      await openSignedIn(mine, user, '/account/sessions');
      const safari =
        'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15';
      await withBrowser(
        async (theirs) => {
          await openSignedIn(theirs, user);
          await mine.reload();
          await mine.getByText('Safari on macOS').waitFor();
          await mine.getByText('This one').waitFor();
          await expectAccessible(mine);
          await mine.getByRole('button', { name: 'Sign out Safari on macOS' }).click();
          await mine.getByText('The session is ended.').waitFor();
          expect(await isSignedOut(theirs)).toBe(true);

          await signIn(theirs, user);
          await theirs.waitForURL(at('/account'));
          await mine.goto(at('/account/sessions'));
          await mine.getByRole('button', { name: 'Sign out everywhere else' }).click();
          await mine.getByText('You are signed out everywhere but here.').waitFor();
          expect(await isSignedOut(theirs)).toBe(true);
        },
        { userAgent: safari },
      );
      expect(await isSignedOut(mine)).toBe(false);
    });
  });

  it('end with a change of password, but the one in which it is changed (S39)', async () => {
    const user = await fixture.user();
    const password = 'seven lanterns by the river';
    await withBrowser(async (mine) => {
      await openSignedIn(mine, user, '/account/password');
      await withBrowser(async (theirs) => {
        await openSignedIn(theirs, user);
        await mine.getByLabel('Current password', { exact: true }).fill('not the one that it is');
        await mine.getByLabel('New password', { exact: true }).fill(password);
        await mine.getByRole('button', { name: 'Change password' }).click();
        await mine.getByRole('link', { name: 'The current password is not right.' }).waitFor();
        await expectAccessible(mine);
        expect(await isSignedOut(theirs)).toBe(false);
        await mine.getByLabel('Current password', { exact: true }).fill(user.password);
        await mine.getByLabel('New password', { exact: true }).fill(password);
        await mine.getByRole('button', { name: 'Change password' }).click();
        await mine.getByText('Your password is changed.').waitFor();
        expect(await isSignedOut(mine)).toBe(false);
        expect(await isSignedOut(theirs)).toBe(true);
        await signIn(theirs, { ...user, password });
        await theirs.waitForURL(at('/account'));
      });
    });
  });
});

describe('an app', () => {
  it('that is removed loses its refresh token and asks for consent again (S44)', async () => {
    const user = await fixture.user();
    const app = await registerApp('Garden planner');
    await withBrowser(async (page) => {
      const first = await app.begin({ prompt: 'consent' });
      await page.goto(first.url);
      await signIn(page, user);
      await allow(page);
      const { refresh_token: refreshToken = '' } = await tokensOf(page, app, first);
      await openid.refreshTokenGrant(app.config, refreshToken);

      await page.goto(at('/account/apps'));
      await page.getByText('See your email address').waitFor();
      await page.getByText('Last used:').waitFor();
      // What the pages of the account use is no app.
      expect(await page.getByRole('button', { name: 'Remove' }).count()).toBe(1);
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Remove Garden planner' }).click();
      await page.getByText('The app is removed.').waitFor();
      await page.getByText('No app may use your account.').waitFor();

      await expect(openid.refreshTokenGrant(app.config, refreshToken)).rejects.toMatchObject({
        error: 'invalid_grant',
      });
      const again = await app.begin();
      await page.goto(again.url);
      await page.getByRole('heading', { name: 'Allow Garden planner to use your account?' }).waitFor();
      await allow(page);
      await tokensOf(page, app, again);
    });
  });
});

describe('what an app has received', () => {
  it('is told with its value, once the app has asked for it', async () => {
    const user = await fixture.user();
    const app = await registerApp('Curious');
    await withBrowser(async (page) => {
      const begun = await app.begin({ prompt: 'consent' });
      await page.goto(begun.url);
      await signIn(page, user);
      await allow(page);
      const tokens = await tokensOf(page, app, begun);
      await page.goto(at('/account/apps'));
      // The ID token told who it is, and no more.
      expect(await page.getByText('What it has received').count()).toBe(0);

      await openid.fetchUserInfo(app.config, tokens.access_token, user.id);
      // It is taken down beside the answer, so it may be there a moment later.
      do await page.goto(at('/account/apps'));
      while ((await page.getByText('What it has received').count()) === 0);
      await page.getByText('What it has received').click();
      await page.locator('dd').getByText(user.email).waitFor();
      expect(await page.locator('dt').allTextContents()).toEqual(['Email address', 'Email address verified']);
      await expectAccessible(page);
    });
  });
});

describe('the download', () => {
  it('is a file with what is stored, and with nothing that signs in', async () => {
    const user = await fixture.user({ profile: { givenName: 'Ada' } });
    await withBrowser(async (page, context) => {
      await openSignedIn(page, user, '/account/data');
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Download' }).click(),
      ]);
      expect(download.suggestedFilename()).toBe('account.json');
      const text = readFileSync(await download.path(), 'utf8');
      expect(JSON.parse(text)).toMatchObject({
        account: { id: user.id, email: user.email, given_name: 'Ada' },
        credentials: { password: true },
        sessions: [{ user_id: user.id }],
        activity: expect.arrayContaining([expect.objectContaining({ type: 'sign_in.succeeded' })]) as unknown,
      });
      for (const { value } of await context.cookies()) expect(text).not.toContain(value);
      expect(text).not.toContain(user.password);
    });
  });
});

describe('the pages', () => {
  it('are accessible with what is really there, and keep their Content-Security-Policy', async () => {
    const user = await fixture.user({ profile: { givenName: 'Ada', zoneinfo: 'Europe/Berlin' } });
    await withBrowser(async (page) => {
      const violations: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') violations.push(message.text());
      });
      await openSignedIn(page, user);
      for (const name of ['', 'profile', 'password', 'sessions', 'apps', 'activity', 'data', 'deletion']) {
        await page.goto(at(name === '' ? '/account' : `/account/${name}`));
        await expectAccessible(page);
      }
      expect(violations).toEqual([]);
    });
  });

  it('belong to the session: a forged cookie, one of another person and none lead to the sign-in', async () => {
    const user = await fixture.user();
    await withBrowser(async (page, context) => {
      await openSignedIn(page, user);
      const genuine = await context.cookies();
      const session = genuine.find(({ name }) => name === 'latchkey_session');
      if (!session) throw new Error('There is no session.');
      const forged = `${session.value.slice(0, -1)}${session.value.endsWith('A') ? 'B' : 'A'}`;
      await context.addCookies([{ ...session, value: forged }]);
      expect(await isSignedOut(page)).toBe(true);
      await context.addCookies(genuine);
      expect(await isSignedOut(page)).toBe(false);
      await fixture.disable(user);
      expect(await isSignedOut(page)).toBe(true);
    });
  });
});

describe('an account that nobody keeps', () => {
  it('is gone once its time has come, and its owner cannot sign in', async () => {
    const user = await fixture.user();
    await withBrowser(async (page) => {
      await openSignedIn(page, user, '/account/deletion');
      await page.getByRole('button', { name: 'Delete my account' }).click();
      await page.getByRole('heading', { name: 'Your account will be deleted' }).waitFor();
      const { application } = fixture;
      const due = (days: number) =>
        deleteDueAccounts({
          ...application,
          accounts: application.stores.accounts,
          clock: { now: () => new Date(Date.now() + days * DAY_MS) },
        });
      await due(6.9);
      expect(await application.stores.accounts.findById(user.id)).toMatchObject({ email: user.email });
      // Two processes at once, and it goes once.
      expect((await Promise.all([due(7.1), due(7.1)])).sort()).toEqual([0, 1]);
      expect(await application.stores.accounts.findById(user.id)).toBeUndefined();
      await page.goto(at('/account'));
      await signIn(page, user);
      await page.getByText('The email or password is not right.').waitFor();
    });
  });
});
