import type { Browser, BrowserContext, Page } from 'playwright-core';
import * as openid from 'openid-client';
import { checkAccessibility, launchBrowser } from '../support/browser.js';
import { closeConnections } from '../support/relying-party-requests.js';
import { startRelyingPartySite, type RelyingPartySite } from '../support/relying-party-site.js';
import { openFixture, type Fixture, type TestClient, type TestUser } from '../support/server-fixture.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let fixture: Fixture;
let browser: Browser;
let site: RelyingPartySite;
/** Asks for consent. */
let app: TestClient;
let user: TestUser;
let config: openid.Configuration;

beforeAll(async () => {
  [server, browser, site] = await Promise.all([startServer(), launchBrowser(), startRelyingPartySite()]);
  fixture = await openFixture(server);
  user = await fixture.user({ profile: { givenName: 'Ada', familyName: 'Lovelace' } });
  app = await registerApp({ firstParty: false });
  config = await discover(app);
});

afterAll(async () => {
  closeConnections();
  await Promise.all([browser.close(), fixture.close(), site.close()]);
  await server.stop();
});

function registerApp(options: { readonly firstParty: boolean }): Promise<TestClient> {
  return fixture.client({
    name: 'Garden planner',
    redirectUris: [site.callback],
    postLogoutRedirectUris: [site.signedOut],
    ...options,
  });
}

function discover({ clientId, clientSecret }: TestClient): Promise<openid.Configuration> {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- so marked to stand out; the server is on loopback
  const execute = [openid.allowInsecureRequests];
  return openid.discovery(new URL(server.issuer), clientId, clientSecret, undefined, { execute });
}

/** A sign-in that a relying party has begun. */
interface Begun {
  readonly url: string;
  readonly checks: openid.AuthorizationCodeGrantChecks & { readonly expectedState: string };
}

async function begin(extra: Readonly<Record<string, string>> = {}, configuration = config): Promise<Begun> {
  const pkceCodeVerifier = openid.randomPKCECodeVerifier();
  const checks = {
    pkceCodeVerifier,
    expectedState: openid.randomState(),
    expectedNonce: openid.randomNonce(),
  };
  const url = openid.buildAuthorizationUrl(configuration, {
    redirect_uri: site.callback,
    scope: 'openid profile email',
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    ...extra,
  });
  return { url: url.href, checks };
}

async function login(page: Page, { email, password } = user): Promise<void> {
  await page.getByLabel('Email or username').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

const allow = (page: Page): Promise<void> => page.getByRole('button', { name: 'Allow', exact: true }).click();
const deny = (page: Page): Promise<void> => page.getByRole('button', { name: 'Don’t allow' }).click();

/** @returns the address at which the browser came back to the app */
async function callback(page: Page): Promise<URL> {
  await page.waitForURL(`${site.callback}?**`);
  return new URL(page.url());
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
  options: { readonly javaScriptEnabled?: boolean } = {},
): Promise<Result> {
  const context = await browser.newContext(options);
  try {
    return await work(await context.newPage(), context);
  } finally {
    await context.close();
  }
}

describe.each([
  { scripts: 'with scripts', javaScriptEnabled: true },
  { scripts: 'without scripts', javaScriptEnabled: false },
])('a sign-in by authorization code in a browser $scripts', ({ javaScriptEnabled }) => {
  it('leads through login and consent to tokens, userinfo, refresh and logout (OIDC Core §3.1)', async () => {
    await withBrowser(
      async (page) => {
        // Nobody has allowed this app anything, whatever other tests did.
        const fresh = await registerApp({ firstParty: false });
        const fresher = await discover(fresh);
        const begun = await begin({}, fresher);
        await page.goto(begun.url);
        await login(page);
        await page.getByRole('heading', { name: 'Allow Garden planner to use your account?' }).waitFor();
        await allow(page);
        const tokens = await openid.authorizationCodeGrant(fresher, await callback(page), begun.checks);
        expect(tokens.claims()).toMatchObject({ iss: server.issuer, aud: fresh.clientId, sub: user.id });

        const claims = await openid.fetchUserInfo(fresher, tokens.access_token, user.id);
        expect(claims).toMatchObject({ email: user.email, email_verified: true, name: 'Ada Lovelace' });

        const { refresh_token: refreshToken = '' } = tokens;
        const refreshed = await openid.refreshTokenGrant(fresher, refreshToken);
        const { refresh_token: rotated = '', id_token: idToken = '' } = refreshed;
        expect(rotated).not.toBe('');
        expect(rotated).not.toBe(refreshToken);
        await openid.fetchUserInfo(fresher, refreshed.access_token, user.id);

        const logout = openid.buildEndSessionUrl(fresher, {
          id_token_hint: idToken,
          post_logout_redirect_uri: site.signedOut,
          state: 'good-bye',
        });
        await page.goto(logout.href);
        await page.getByRole('button', { name: 'Sign out' }).click();
        await page.waitForURL(`${site.signedOut}?state=good-bye`);
        await expect(openid.refreshTokenGrant(fresher, rotated)).rejects.toMatchObject({
          error: 'invalid_grant',
        });
        const silent = await begin({ prompt: 'none' }, fresher);
        await page.goto(silent.url);
        expect((await callback(page)).searchParams.get('error')).toBe('login_required');
      },
      { javaScriptEnabled },
    );
  });

  it('tells the app when consent is denied (RFC 6749 §4.1.2.1, RFC 9207 §2)', async () => {
    await withBrowser(
      async (page) => {
        const begun = await begin({ prompt: 'consent' });
        await page.goto(begun.url);
        await login(page);
        await deny(page);
        const { searchParams } = await callback(page);
        expect(Object.fromEntries(searchParams)).toMatchObject({
          error: 'access_denied',
          state: begun.checks.expectedState,
          iss: server.issuer,
        });
        expect(searchParams.has('code')).toBe(false);
      },
      { javaScriptEnabled },
    );
  });

  it('tells the app when the login page is cancelled (RFC 6749 §4.1.2.1, RFC 9207 §2)', async () => {
    await withBrowser(
      async (page) => {
        const begun = await begin();
        await page.goto(begun.url);
        await page.getByRole('button', { name: 'Cancel' }).click();
        expect(Object.fromEntries((await callback(page)).searchParams)).toMatchObject({
          error: 'access_denied',
          state: begun.checks.expectedState,
          iss: server.issuer,
        });
      },
      { javaScriptEnabled },
    );
  });
});

describe('a browser in which somebody is signed in', () => {
  it('is not asked again, and prompt=none works (OIDC Core §3.1.2.1)', async () => {
    const ours = await registerApp({ firstParty: true });
    const configuration = await discover(ours);
    await withBrowser(async (page) => {
      const first = await begin({}, configuration);
      await page.goto(first.url);
      await login(page);
      await openid.authorizationCodeGrant(configuration, await callback(page), first.checks);
      for (const extra of [{}, { prompt: 'none' }]) {
        const again = await begin(extra, configuration);
        const answer = await page.goto(again.url);
        // Straight there: the last answer is the app's, to a redirect of the first.
        expect(new URL(answer?.url() ?? '').origin).toBe(site.origin);
        const tokens = await openid.authorizationCodeGrant(configuration, new URL(page.url()), again.checks);
        expect(tokens.claims()?.sub).toBe(user.id);
      }
    });
  });

  it('without a session gets login_required for prompt=none (OIDC Core §3.1.2.6)', async () => {
    await withBrowser(async (page) => {
      const begun = await begin({ prompt: 'none' });
      await page.goto(begun.url);
      await expect(
        openid.authorizationCodeGrant(config, await callback(page), begun.checks),
      ).rejects.toMatchObject({ error: 'login_required' });
    });
  });

  it('is asked for the password again, for a fixed account, with prompt=login (OIDC Core §3.1.2.1)', async () => {
    const ours = await registerApp({ firstParty: true });
    const configuration = await discover(ours);
    await withBrowser(async (page) => {
      const first = await begin({}, configuration);
      await page.goto(first.url);
      await login(page);
      await callback(page);
      const again = await begin({ prompt: 'login' }, configuration);
      await page.goto(again.url);
      await page.getByRole('heading', { name: 'Confirm it’s you' }).waitFor();
      expect(await page.getByLabel('Account').inputValue()).toBe(user.email);
      await expectAccessible(page);
      await page.getByLabel('Password', { exact: true }).fill(user.password);
      await page.getByRole('button', { name: 'Confirm' }).click();
      await openid.authorizationCodeGrant(configuration, await callback(page), again.checks);
    });
  });
});

describe('consent', () => {
  it('is remembered in a new session, and asked again for more (OIDC Core §3.1.2.4)', async () => {
    const fresh = await registerApp({ firstParty: false });
    const configuration = await discover(fresh);
    await withBrowser(async (page) => {
      await page.goto((await begin({ scope: 'openid email' }, configuration)).url);
      await login(page);
      await allow(page);
      await callback(page);
    });
    await withBrowser(async (page) => {
      const begun = await begin({ scope: 'openid email' }, configuration);
      await page.goto(begun.url);
      await login(page);
      await openid.authorizationCodeGrant(configuration, await callback(page), begun.checks);
      const more = await begin({ scope: 'openid email profile' }, configuration);
      await page.goto(more.url);
      await page.getByText('New', { exact: true }).waitFor();
      await expectAccessible(page);
      await allow(page);
      const tokens = await openid.authorizationCodeGrant(configuration, await callback(page), more.checks);
      expect(tokens.scope?.split(' ').sort()).toEqual(['email', 'openid', 'profile']);
    });
  });

  it('is not asked for a first-party client (ASVS 5.0 V10.7.1)', async () => {
    const ours = await registerApp({ firstParty: true });
    const configuration = await discover(ours);
    await withBrowser(async (page) => {
      const begun = await begin({}, configuration);
      await page.goto(begun.url);
      await login(page);
      await openid.authorizationCodeGrant(configuration, await callback(page), begun.checks);
    });
  });
});

describe('every page of a sign-in', () => {
  it('is accessible (WCAG 2.2 AA), and keeps its Content-Security-Policy', async () => {
    await withBrowser(async (page) => {
      const violations: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error' && /Content.Security.Policy/i.test(message.text())) {
          violations.push(message.text());
        }
      });
      await page.goto(server.issuer);
      await expectAccessible(page);
      await page.goto((await begin({ prompt: 'consent' })).url);
      await expectAccessible(page);
      await login(page, { ...user, password: 'not the password at all' });
      await page.getByText('The email or password is not right.').waitFor();
      expect(await page.title()).toMatch(/^Error: /);
      expect(await page.getByLabel('Email or username').inputValue()).toBe(user.email);
      expect(await page.getByLabel('Password', { exact: true }).inputValue()).toBe('');
      await expectAccessible(page);
      await page.getByLabel('Password', { exact: true }).fill(user.password);
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.getByRole('heading', { name: 'Allow Garden planner to use your account?' }).waitFor();
      await expectAccessible(page);
      await allow(page);
      await callback(page);
      await page.goto(`${server.issuer}/session/end`);
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
      await expectAccessible(page);
      await page.goto(`${server.issuer}/interaction/nothing-here`);
      await page.getByRole('heading', { name: 'This page is no longer valid' }).waitFor();
      await expectAccessible(page);
      await page.goto(`${server.issuer}/authorize?client_id=nobody`);
      await page.getByRole('heading', { name: 'This app is not known here' }).waitFor();
      await expectAccessible(page);
      await page.goto(`${server.issuer}/nothing-here`);
      await page.getByRole('heading', { name: 'This page does not exist' }).waitFor();
      await expectAccessible(page);
      expect(violations).toEqual([]);
    });
  });
});
