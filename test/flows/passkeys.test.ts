import { decodeJwt } from 'jose';
import type { Browser, Page } from 'playwright-core';
import { checkAccessibility, launchBrowser } from '../support/browser.js';
import { authorizationRequest, redeemCode, tokensOf } from '../support/relying-party-requests.js';
import { codeIn } from '../support/relying-party-user-agent.js';
import { startRelyingPartySite, type RelyingPartySite } from '../support/relying-party-site.js';
import { openFixture, type Fixture, type TestUser } from '../support/server-fixture.js';
import { startServer, type TestServer } from '../support/server.js';
import { addVirtualAuthenticator, type VirtualAuthenticator } from '../support/virtual-authenticator.js';

let server: TestServer;
let fixture: Fixture;
let browser: Browser;
let site: RelyingPartySite;

beforeAll(async () => {
  [server, browser, site] = await Promise.all([startServer(), launchBrowser(), startRelyingPartySite()]);
  fixture = await openFixture(server);
});

afterAll(async () => {
  await Promise.all([browser.close(), fixture.close(), site.close()]);
  await server.stop();
});

/** Gives the work a browser of its own with an authenticator in it. */
async function withAuthenticator(
  work: (page: Page, authenticator: VirtualAuthenticator) => Promise<void>,
  options: { readonly syncs?: boolean; readonly offers?: boolean } = {},
): Promise<void> {
  const context = await browser.newContext({ baseURL: server.issuer });
  // A browser that does not offer passkeys by itself, where only the button does.
  if (options.offers === false) {
    await context.addInitScript('delete PublicKeyCredential.isConditionalMediationAvailable');
  }
  try {
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('status of 4')) faults.push(message.text());
    });
    await work(page, await addVirtualAuthenticator(page, options));
    expect(faults).toEqual([]);
  } finally {
    await context.close();
  }
}

async function signInByPassword(page: Page, { email, password }: TestUser): Promise<void> {
  await page.getByLabel('Email or username').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** Signs in by password and adds a passkey. */
async function enrol(page: Page, user: TestUser): Promise<void> {
  await page.goto('/account/passkeys');
  await signInByPassword(page, user);
  await page.getByRole('heading', { name: 'Passkeys' }).waitFor();
  await addPasskey(page);
}

async function addPasskey(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  // The first one leads to recovery codes.
  await page.getByText('The passkey was added.').waitFor();
  await page.goto('/account/passkeys');
  await page.getByRole('heading', { name: 'Passkeys' }).waitFor();
}

async function signOut(page: Page): Promise<void> {
  await page.goto('/session/end');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
}

async function expectAccessible(page: Page): Promise<void> {
  expect(await checkAccessibility(page)).toEqual([]);
}

const isSignedIn = (page: Page): Promise<void> =>
  page.getByRole('heading', { name: 'Your account' }).waitFor();

const BUTTON_ONLY = { offers: false };

/** Goes to the account, and signs in by the button. */
async function useButton(page: Page): Promise<void> {
  await page.goto('/account');
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
}

describe('a passkey', () => {
  it('is added, named, and signs in by the button (WebAuthn Level 3 §7.1, §7.2)', async () => {
    const user = await fixture.user();
    await withAuthenticator(async (page, authenticator) => {
      await enrol(page, user);
      await expectAccessible(page);
      await page.getByText('On one device only').waitFor();
      await page.getByRole('link', { name: 'Change' }).click();
      await expectAccessible(page);
      await page.getByLabel('Name').fill('Work laptop');
      await page.getByRole('button', { name: 'Save the name' }).click();
      await page.getByText('Work laptop').waitFor();
      await signOut(page);

      await page.goto('/account');
      await page.getByRole('button', { name: 'Sign in with a passkey' }).waitFor();
      await expectAccessible(page);
      await authenticator.answers(true);
      await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
      await isSignedIn(page);
    }, BUTTON_ONLY);
  });

  it('signs in by itself where the name is typed, without typing (conditional mediation)', async () => {
    const user = await fixture.user();
    await withAuthenticator(async (page) => {
      await enrol(page, user);
      await signOut(page);
      await page.goto('/account');
      await isSignedIn(page);
    });
  });

  it('is one of several; a removed one is refused, and signs out the other browsers (S39)', async () => {
    const user = await fixture.user();
    await withAuthenticator(async (elsewhere) => {
      await elsewhere.goto('/account/passkeys');
      await signInByPassword(elsewhere, user);
      await elsewhere.getByRole('heading', { name: 'Passkeys' }).waitFor();
      await withAuthenticator(
        async (page, first) => {
          await enrol(page, user);
          await page.getByText('Synced between your devices').waitFor();
          await page.getByRole('button', { name: 'Add a passkey' }).click();
          await page.getByText('already has a passkey for your account').waitFor();
          await addPasskey(elsewhere);
          await page.goto('/account/passkeys');
          expect(await page.locator('.entries > li').count()).toBe(2);
          const putBack = await first.copy();
          await page.getByRole('link', { name: 'Change' }).first().click();
          await page.getByRole('link', { name: 'Remove this passkey' }).click();
          await expectAccessible(page);
          await page.getByRole('button', { name: 'Remove' }).click();
          await page.getByText('Delete it in your password manager too').waitFor();
          await expectAccessible(page);
          await elsewhere.goto('/account/passkeys');
          await elsewhere.getByRole('heading', { name: 'Sign in' }).waitFor();
          // The browser was told, and has forgotten it too.
          expect(await first.credentialIds()).toEqual([]);
          await putBack();
          await signOut(page);
          await useButton(page);
          await page.getByText('That passkey was not accepted.').first().waitFor();
          await expectAccessible(page);
        },
        { ...BUTTON_ONLY, syncs: true },
      );
    }, BUTTON_ONLY);
  });

  it('is refused when its count went back, and when its owner is disabled', async () => {
    const user = await fixture.user();
    await withAuthenticator(async (page, authenticator) => {
      await enrol(page, user);
      await signOut(page);
      await useButton(page);
      await isSignedIn(page);
      await signOut(page);
      await authenticator.setBack(0);
      await useButton(page);
      await page.getByText('That passkey was not accepted.').first().waitFor();
      await authenticator.setBack(1000);
      await fixture.disable(user);
      await useButton(page);
      await page.getByText('That passkey was not accepted.').first().waitFor();
    }, BUTTON_ONLY);
  });

  it('confirms who it is where somebody is signed in', async () => {
    const user = await fixture.user();
    const { clientId, redirectUri } = await fixture.client({ redirectUris: [site.callback] });
    await withAuthenticator(async (page, authenticator) => {
      await enrol(page, user);
      const query = new URLSearchParams({
        client_id: clientId,
        redirect_uri: redirectUri,
        response_type: 'code',
        scope: 'openid',
        prompt: 'login',
        code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        code_challenge_method: 'S256',
      });
      await page.goto(`/authorize?${query.toString()}`);
      await page.getByRole('heading', { name: 'Confirm it’s you' }).waitFor();
      const named: unknown[] = [];
      await page.route('**/passkey/options?account=fixed', async (route) => {
        const response = await route.fetch();
        named.push(await response.json());
        await route.fulfill({ response });
      });
      await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
      await page.waitForURL(`${redirectUri}?**`);
      const [id] = await authenticator.credentialIds();
      expect(named).toMatchObject([{ allowCredentials: [{ id }] }]);
    }, BUTTON_ONLY);
  });

  it('is asked for after the password, as the second factor', async () => {
    const user = await fixture.user();
    await withAuthenticator(async (page) => {
      await enrol(page, user);
      await signOut(page);
      await page.goto('/account');
      await signInByPassword(page, user);
      await page.getByRole('button', { name: /passkey/i }).click();
      await page.getByRole('heading', { name: 'Use your passkey' }).waitFor();
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Use a passkey' }).click();
      await isSignedIn(page);
    }, BUTTON_ONLY);
  });

  it('is added within a sign-in that needs a second factor, and nothing but its own answer counts (S28)', async () => {
    const user = await fixture.user();
    const strict = await fixture.client({ redirectUris: [site.callback], requireSecondFactor: true });
    const request = authorizationRequest(server.issuer, strict);
    await withAuthenticator(async (page, authenticator) => {
      await page.goto(request.url);
      await signInByPassword(page, user);
      await page.getByRole('heading', { name: 'Set up an authenticator app' }).waitFor();
      await expectAccessible(page);

      // A person who changes their mind, or whose device does not know them.
      await authenticator.knowsUser(false);
      await page.getByRole('button', { name: 'Use a passkey instead' }).click();
      await page.getByText('No passkey was added.').waitFor();
      await authenticator.knowsUser(true);

      // What came in the place of the answer uses the question up, so that the answer counts no more.
      let answer = '';
      await page.route('**/setup/passkey', async (route) => {
        const posted = new URLSearchParams(route.request().postData() ?? '');
        answer = posted.get('credential') ?? '';
        posted.set('credential', '{}');
        await route.continue({ postData: posted.toString() });
      });
      await page.getByRole('button', { name: 'Use a passkey instead' }).click();
      await page.getByText('That passkey was not accepted.').first().waitFor();
      await expectAccessible(page);
      await page.unroute('**/setup/passkey');
      await page.evaluate(`{
        const form = document.querySelector('form[data-passkey]');
        form.elements.credential.value = ${JSON.stringify(answer)};
        form.submit();
      }`);
      await page.getByText('That passkey was not accepted.').first().waitFor();
      expect(await fixture.application.stores.passkeys.countFor(user.id)).toBe(0);

      await page.getByRole('button', { name: 'Use a passkey instead' }).click();
      await page.getByRole('heading', { name: 'Save your recovery codes' }).waitFor();
      await page.getByLabel('I have saved these codes').check();
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.waitForURL(`${strict.redirectUri}?**`);
      const tokens = tokensOf(
        await redeemCode(server.issuer, strict, {
          code: codeIn(new URL(page.url())),
          codeVerifier: request.codeVerifier,
        }),
      );
      expect(decodeJwt(tokens.idToken)).toMatchObject({
        acr: 'phr',
        amr: ['pwd', 'pop', 'user', 'mfa'],
      });
      const { passkeys, recoveryCodes } = fixture.application.stores;
      expect([await passkeys.countFor(user.id), await recoveryCodes.countLeft(user.id)]).toEqual([1, 10]);
    }, BUTTON_ONLY);
  });

  it('that an app demands is added there too', async () => {
    const user = await fixture.user();
    const client = await fixture.client({ redirectUris: [site.callback] });
    const claims = JSON.stringify({ id_token: { acr: { values: ['phr'], essential: true } } });
    await withAuthenticator(async (page) => {
      await page.goto(authorizationRequest(server.issuer, client, { claims }).url);
      await signInByPassword(page, user);
      await page.getByRole('heading', { name: 'A passkey is needed' }).waitFor();
      await page.getByRole('button', { name: 'Add a passkey' }).click();
      await page.getByRole('heading', { name: 'Save your recovery codes' }).waitFor();
    }, BUTTON_ONLY);
  });

  it('is not offered without scripts, and its page says what it needs', async () => {
    const user = await fixture.user();
    const context = await browser.newContext({ baseURL: server.issuer, javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto('/account/passkeys');
    expect(await page.getByRole('button', { name: 'Sign in with a passkey' }).isVisible()).toBe(false);
    await signInByPassword(page, user);
    await page.getByText('with JavaScript turned on').waitFor();
    expect(await page.getByRole('button', { name: 'Add a passkey' }).isVisible()).toBe(false);
    await context.close();
  });
});

describe('well-known addresses of password managers', () => {
  it('lead to the pages of passkeys and of the password; others are not there', async () => {
    const at = (path: string) => fetch(`${server.issuer}/.well-known/${path}`, { redirect: 'manual' });
    const passkeys = `${server.issuer}/account/passkeys`;
    expect(await (await at('passkey-endpoints')).json()).toEqual({ enroll: passkeys, manage: passkeys });
    const password = await at('change-password');
    expect([password.status, password.headers.get('location')]).toEqual([302, '/account/password']);
    expect((await at('resource-that-should-not-exist-whose-status-code-should-not-be-200')).status).toBe(404);
  });
});
