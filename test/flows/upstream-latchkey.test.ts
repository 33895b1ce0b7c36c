import { decodeJwt } from 'jose';
import type { Browser, Page } from 'playwright-core';
import { checkAccessibility, launchBrowser } from '../support/browser.js';
import { LogoutReceiver } from '../support/logout-receiver.js';
import { authorizationRequest, closeConnections } from '../support/relying-party-requests.js';
import { startRelyingPartySite, type RelyingPartySite } from '../support/relying-party-site.js';
import { openFixture, type Fixture, type TestClient, type TestUser } from '../support/server-fixture.js';
import { freePort, type TestServer } from '../support/server.js';
import { startConfiguredServer, type ConfiguredServer } from '../support/upstream-servers.js';

const CLIENT_SECRET = 'a-secret-that-both-servers-know-of-a-fair-length';

/** The provider upstream, at another host than the one below: cookies know no ports. */
let upstream: ConfiguredServer;
let upstreamFixture: Fixture;
let downstream: ConfiguredServer;
let fixture: Fixture;
let browser: Browser;
let site: RelyingPartySite;
let app: TestClient;
let person: TestUser;

beforeAll(async () => {
  [browser, site] = await Promise.all([launchBrowser(), startRelyingPartySite()]);
  const upstreamPort = await freePort();
  const upstreamIssuer = `http://127.0.0.1:${upstreamPort}`;
  downstream = await startConfiguredServer(() => ({
    identity_providers: [
      {
        id: 'home',
        name: 'Home',
        issuer: upstreamIssuer,
        client_id: 'downstream',
        client_secret: CLIENT_SECRET,
        sign_up: 'allow',
        logout_return: true,
      },
    ],
  }));
  upstream = await startConfiguredServer(
    () => ({
      clients: [
        {
          client_id: 'downstream',
          type: 'web',
          client_secret: CLIENT_SECRET,
          redirect_uris: [`${downstream.server.issuer}/upstream/home/callback`],
          post_logout_redirect_uris: [`${downstream.server.issuer}/upstream/home/signed-out`],
          scope: 'openid email profile',
          first_party: true,
          backchannel_logout_uri: `${downstream.server.issuer}/upstream/home/backchannel-logout`,
          metadata: { backchannel_logout_session_required: true },
        },
      ],
    }),
    { ISSUER: upstreamIssuer, HOST: '127.0.0.1', PORT: String(upstreamPort) },
  );
  [fixture, upstreamFixture] = await Promise.all([
    openFixture(downstream.server),
    openFixture(upstream.server),
  ]);
  app = await fixture.client({ redirectUris: [site.callback], name: 'Garden planner' });
  person = await upstreamFixture.user({ profile: { givenName: 'Ada', familyName: 'Lovelace' } });
});

afterAll(async () => {
  closeConnections();
  await Promise.all([browser.close(), fixture.close(), upstreamFixture.close(), site.close()]);
  await Promise.all([downstream.stop(), upstream.stop()]);
});

const server = (): TestServer => downstream.server;

async function login(page: Page, { email, password }: TestUser): Promise<void> {
  await page.getByLabel('Email or username').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

const choose = (page: Page): Promise<void> =>
  page.getByRole('button', { name: 'Continue with Home' }).click();

async function withPage(
  work: (page: Page) => Promise<void>,
  options: { readonly javaScriptEnabled?: boolean } = {},
): Promise<void> {
  const context = await browser.newContext(options);
  try {
    await work(await context.newPage());
  } finally {
    await context.close();
  }
}

describe('sign-in by another Latchkey, in a browser', () => {
  it('makes an account, without scripts, signs in again without a word, and signs out of both', async () => {
    await withPage(
      async (page) => {
        await page.goto(authorizationRequest(server().issuer, app).url);
        await choose(page);
        await login(page, person);
        await page.getByRole('heading', { name: 'Check your details' }).waitFor();
        expect(await page.getByLabel('Given name').inputValue()).toBe('Ada');
        await page.getByRole('button', { name: 'Create account' }).click();
        await page.waitForURL(`${site.callback}?**`);

        const again = authorizationRequest(server().issuer, app, { prompt: 'login' });
        await page.goto(again.url);
        await choose(page);
        // A new sign-in is asked for upstream as well.
        await page.getByLabel('Password', { exact: true }).fill(person.password);
        await page.getByRole('button', { name: 'Confirm' }).click();
        await page.waitForURL(`${site.callback}?**state=${again.state}**`);

        await page.goto(`${server().issuer}/session/end`);
        await page.getByRole('button', { name: 'Sign out' }).click();
        await page.getByRole('link', { name: 'Also sign out of Home' }).click();
        await page.getByRole('button', { name: 'Sign out' }).waitFor();
        const { origin, searchParams } = new URL(page.url());
        expect(origin).toBe(upstream.server.issuer);
        // The provider knows whose session it is, and need not be told again.
        expect(decodeJwt(searchParams.get('id_token_hint') ?? '')).toMatchObject({ sub: person.id });
        await page.getByRole('button', { name: 'Sign out' }).click();
        await page.getByRole('heading', { name: 'Signing out is finished' }).waitFor();
        expect(new URL(page.url()).origin).toBe(server().issuer);
      },
      { javaScriptEnabled: false },
    );
  });

  it('ends here when the person signs out there (Back-Channel Logout 1.0 §2.5)', async () => {
    const receiver = new LogoutReceiver();
    const told = await fixture.client({
      redirectUris: [site.callback],
      backchannelLogoutUri: await receiver.start(),
    });
    const newcomer = await upstreamFixture.user();
    await withPage(async (page) => {
      await page.goto(authorizationRequest(server().issuer, told).url);
      await choose(page);
      await login(page, newcomer);
      await page.getByRole('button', { name: 'Create account' }).click();
      await page.waitForURL(`${site.callback}?**`);
      await page.goto(`${upstream.server.issuer}/session/end`);
      await page.getByRole('button', { name: 'Sign out' }).click();
      // From there to here, and from here to the app.
      expect(await receiver.tokens(1)).toMatchObject([{ aud: told.clientId }]);
      await page.goto(authorizationRequest(server().issuer, told, { prompt: 'none' }).url);
      await page.waitForURL(`${site.callback}?**error=login_required**`);
    });
    await receiver.stop();
  });

  it('is linked and unlinked on the page of the account, which stays usable', async () => {
    const user = await fixture.user();
    const other = await upstreamFixture.user();
    await withPage(async (page) => {
      await page.goto(`${server().issuer}/account/linked-accounts`);
      await login(page, user);
      await page.getByText('No other account is linked.').waitFor();
      await page.getByRole('button', { name: 'Link Home' }).click();
      await login(page, other);
      await page.getByText('The account is linked.').waitFor();
      expect(await checkAccessibility(page)).toEqual([]);
      expect(await fixture.application.stores.upstreamLinks.list(user.id)).toHaveLength(1);
      await page.getByRole('button', { name: 'Unlink' }).click();
      await page.getByText('is not linked any more').waitFor();
      expect(await fixture.application.stores.upstreamLinks.list(user.id)).toEqual([]);
    });
  });

  it('stays the only way to sign in of whoever has no other', async () => {
    const newcomer = await upstreamFixture.user();
    await withPage(async (page) => {
      await page.goto(`${server().issuer}/account/linked-accounts`);
      await choose(page);
      await login(page, newcomer);
      await page.getByRole('button', { name: 'Create account' }).click();
      await page.getByRole('button', { name: 'Unlink' }).click();
      await page.getByText('This is your only way to sign in').waitFor();
    });
  });
});
