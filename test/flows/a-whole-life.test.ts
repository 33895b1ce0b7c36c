import type { Browser } from 'playwright-core';
import {
  ACCOUNT_PAGES,
  makeRecoveryCodes,
  setUpAuthenticatorApp,
  signOut,
  signUpForApp,
  typePassword,
  useRecoveryCode,
  type Credentials,
} from '../support/account-walks.js';
import { setUpAuthenticator } from '../support/authenticator.js';
import { launchBrowser } from '../support/browser.js';
import { configurationFile } from '../support/configuration-file.js';
import { startMailServer, type MailServer } from '../support/mail-server.js';
import { registerOpenidApp, type OpenidApp } from '../support/openid-app.js';
import { startRelyingPartySite, type RelyingPartySite } from '../support/relying-party-site.js';
import { openFixture, PASSWORD, type Fixture } from '../support/server-fixture.js';
import { startServer, type TestServer } from '../support/server.js';
import { addVirtualAuthenticator } from '../support/virtual-authenticator.js';
import { withVisitor, type Visitor } from '../support/visitor.js';

const SFA = 'https://refeds.org/profile/sfa';
const MFA = 'https://refeds.org/profile/mfa';
const SAFARI =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15';

let mailServer: MailServer;
let server: TestServer;
let fixture: Fixture;
let browser: Browser;
let site: RelyingPartySite;
let app: OpenidApp;

beforeAll(async () => {
  [mailServer, browser, site] = await Promise.all([
    startMailServer(),
    launchBrowser(),
    startRelyingPartySite(),
  ]);
  const settings = configurationFile('sign_up: { mode: open }\naccounts: { deletion_grace_days: 0 }\n');
  server = await startServer({ env: { CONFIG: settings, SMTP_URL: mailServer.url } });
  fixture = await openFixture(server);
  app = await registerOpenidApp(server, fixture, site, { name: 'Garden planner' });
});

afterAll(async () => {
  await Promise.all([browser.close(), fixture.close(), site.close()]);
  await server.stop();
  await mailServer.close();
});

/** Gives the work a browser without any cookies, at the server. */
const visit = (
  work: (visitor: Visitor) => Promise<void>,
  options: { readonly javaScriptEnabled?: boolean; readonly userAgent?: string } = {},
): Promise<void> => withVisitor(browser, { baseURL: server.issuer, ...options }, work);

/** Takes mails until the one of that subject. */
async function mailAbout(email: string, subject: string): Promise<void> {
  while ((await mailServer.nextMail(email)).subject !== `${subject} – Latchkey`);
}

test('a person signs up for an app, keeps an account through its losses, and leaves', async () => {
  const me: Credentials = { email: 'ada@example.test', password: PASSWORD };
  const renewed = { ...me, password: 'seven lanterns by the river' };
  await visit(async (visitor) => {
    const { page } = visitor;
    const tokens = await signUpForApp(visitor, app, mailServer, me, 'create consent');
    expect(tokens.claims()).toMatchObject({ acr: SFA, amr: ['pwd'] });

    const authenticator = await addVirtualAuthenticator(page);
    await visitor.visits('/account', 'Your account');
    await page.getByRole('link', { name: 'Passkeys' }).click();
    await visitor.sees('Passkeys');
    await visitor.presses('Add a passkey');
    await page.getByText('The passkey was added.').waitFor();
    await mailAbout(me.email, 'A passkey was added');
    const [firstCode = '', secondCode = ''] = await makeRecoveryCodes(visitor);
    await signOut(visitor);

    // Nobody answers the browser until the page was looked at.
    await authenticator.answers(false);
    await visitor.visits('/account', 'Sign in');
    await authenticator.answers(true);
    await page.reload();
    await visitor.sees('Your account');
    const silent = await app.begin(page, { prompt: 'none' });
    expect((await app.finish(page, silent)).claims()).toMatchObject({ acr: 'phr' });
    await signOut(visitor);

    await authenticator.remove();
    await visitor.visits('/account', 'Sign in');
    await typePassword(visitor, me);
    await useRecoveryCode(visitor, firstCode, 9);
    await visitor.sees('Your account');
    await mailAbout(me.email, 'A recovery code was used');

    await visit(
      async (other) => {
        await other.visits('/account', 'Sign in');
        await typePassword(other, me);
        await useRecoveryCode(other, secondCode, 8);
        await other.sees('Your account');
        await visitor.visits('/account/sessions', 'Sessions');
        await page.getByText('This one').waitFor();
        await visitor.presses('Sign out Safari on macOS');
        await page.getByText('The session is ended.').waitFor();
        await other.visits('/account', 'Sign in');
      },
      { userAgent: SAFARI },
    );

    const { refresh_token: refreshToken = '' } = await app.refresh(tokens.refresh_token ?? '');
    await visitor.visits('/account/apps', 'Connected apps');
    await visitor.presses('Remove Garden planner');
    await page.getByText('The app is removed.').waitFor();
    await expect(app.refresh(refreshToken)).rejects.toMatchObject({ error: 'invalid_grant' });

    await setUpAuthenticatorApp(visitor);
    await mailAbout(me.email, 'An authenticator app was added');
    for (const [path, heading] of ACCOUNT_PAGES) await visitor.visits(path, heading);

    await visitor.visits('/account/password', 'Change password');
    await visitor.fills('Current password', me.password);
    await visitor.fills('New password', renewed.password);
    await visitor.presses('Change password');
    await page.getByText('Your password is changed.').waitFor();
    await mailAbout(me.email, 'Your password was changed');

    await visitor.visits('/account/deletion', 'Delete your account');
    await page.getByText('That happens now, and cannot be undone.').waitFor();
    await visitor.presses('Delete my account');
    await visitor.sees('Your account is deleted');
    await mailAbout(me.email, 'Your account was deleted');
    await visitor.visits('/account', 'Sign in');
    await typePassword(visitor, renewed);
    await page.getByText('The email or password is not right.').first().waitFor();
    await visitor.sees('Sign in');
  });
  expect(await fixture.application.stores.accounts.findByLogin(me.email)).toBeUndefined();
}, 120_000);

test('all but passkeys works with scripts off', async () => {
  const me: Credentials = { email: 'bert@example.test', password: PASSWORD };
  await visit(
    async (visitor) => {
      const tokens = await signUpForApp(visitor, app, mailServer, me);
      expect(tokens.claims()).toMatchObject({ acr: SFA, amr: ['pwd'] });
      const code = await setUpAuthenticatorApp(visitor);
      await makeRecoveryCodes(visitor);
      for (const [path, heading] of ACCOUNT_PAGES) await visitor.visits(path, heading);
      await signOut(visitor);

      const begun = await app.begin(visitor.page);
      await visitor.sees('Sign in');
      await typePassword(visitor, me);
      await visitor.sees('Enter the code of your authenticator');
      // That of the moment was used to set the app up.
      await visitor.fills('Code', code(1));
      await visitor.presses('Continue');
      const { sub } = tokens.claims() ?? {};
      expect((await app.finish(visitor.page, begun)).claims()).toMatchObject({
        sub,
        acr: MFA,
        amr: ['pwd', 'otp', 'mfa'],
      });
    },
    { javaScriptEnabled: false },
  );
}, 120_000);

test('an app that requires two factors gets them by step-up, from the tab that gave them (OIDC Core §5.5.1.1)', async () => {
  const user = await fixture.user();
  const ownApp = await registerOpenidApp(server, fixture, site, { firstParty: true });
  const claims = JSON.stringify({ id_token: { acr: { essential: true, values: [MFA] } } });
  await visit(async (visitor) => {
    const first = await ownApp.begin(visitor.page);
    await typePassword(visitor, user);
    const weak = (await ownApp.finish(visitor.page, first)).claims();
    expect(weak).toMatchObject({ acr: SFA, amr: ['pwd'] });
    const authenticator = await setUpAuthenticator(fixture, user);

    const demanding = await ownApp.begin(visitor.page, { claims });
    await visitor.sees('Enter the code of your authenticator');

    // The other tab has what one factor gives, and gets no further by it.
    const other = await visitor.page.context().newPage();
    const meanwhile = await ownApp.begin(other);
    expect((await ownApp.finish(other, meanwhile)).claims()).toMatchObject({ acr: SFA });
    await ownApp.begin(other, { claims, prompt: 'none' });
    expect(await ownApp.refusal(other)).toBe('login_required');
    await ownApp.begin(other, { claims });
    await other.getByRole('heading', { name: 'Enter the code of your authenticator' }).waitFor();
    // Straight to where the protocol would go on.
    const uid = new URL(other.url()).pathname.split('/')[2] ?? '';
    await other.goto(`/authorize/${uid}`);
    await other.getByRole('heading', { name: 'Enter the code of your authenticator' }).waitFor();

    await visitor.fills('Code', await authenticator.freshCode());
    await visitor.presses('Continue');
    const strong = (await ownApp.finish(visitor.page, demanding)).claims();
    expect(strong).toMatchObject({
      sub: user.id,
      acr: MFA,
      amr: ['pwd', 'otp', 'mfa'],
      auth_time: weak?.auth_time,
    });
  });
});
