import {
  authorizationRequest,
  closeConnections,
  json,
  redeemCode,
  refresh,
  send,
  tokensOf,
} from '../support/relying-party-requests.js';
import { ageSessions } from '../support/age-artifacts.js';
import { setUpAuthenticator, type Authenticator } from '../support/authenticator.js';
import {
  codeIn,
  formOf,
  UserAgent,
  unescapeHtml,
  type Arrival,
} from '../support/relying-party-user-agent.js';
import { openFixture, type Fixture, type TestClient, type TestUser } from '../support/server-fixture.js';
import { startServer, type TestServer } from '../support/server.js';
import { totpCode, totpStep } from '../../src/domain/factors/totp.js';
import { removeTotp } from '../../src/domain/factors/remove-totp.js';
import { changePassword } from '../../src/domain/accounts/change-password.js';

const SFA = 'https://refeds.org/profile/sfa';
const MFA = 'https://refeds.org/profile/mfa';

let server: TestServer;
let fixture: Fixture;
let client: TestClient;
/** Has no second factor. */
let plain: TestUser;
/** Has an authenticator. */
let careful: TestUser;
let authenticator: Authenticator;

beforeAll(async () => {
  server = await startServer();
  fixture = await openFixture(server);
  client = await fixture.client();
  plain = await fixture.user();
  careful = await fixture.user();
  authenticator = await setUpAuthenticator(fixture, careful);
});

afterAll(async () => {
  closeConnections();
  await fixture.close();
  await server.stop();
});

const agentOf = (): UserAgent => new UserAgent(server.issuer);
const ask = (extra: Readonly<Record<string, string>> = {}, of = client) =>
  authorizationRequest(server.issuer, of, extra);

async function tokensFor(callback: URL, request: ReturnType<typeof ask>, of = client) {
  return tokensOf(
    await redeemCode(server.issuer, of, { code: codeIn(callback), codeVerifier: request.codeVerifier }),
  );
}

function claimsOf({ idToken }: { readonly idToken: string }): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString()) as Readonly<
    Record<string, unknown>
  >;
}

function pageOf({ page, url }: Arrival): NonNullable<Arrival['page']> {
  if (!page) throw new Error(`There is no page, but ${url.href}`);
  return page;
}

/** The key of an authenticator that a page shows. */
function secretIn(arrival: Arrival): Buffer {
  const uri = new URL(unescapeHtml(/href="(otpauth:[^"]*)"/.exec(pageOf(arrival).text)?.[1] ?? ''));
  return fromBase32(uri.searchParams.get('secret') ?? '');
}

/** Goes to a request and types the password. */
async function typePassword(agent: UserAgent, url: string, user: TestUser): Promise<Arrival> {
  const arrival = await agent.open(url);
  return agent.submit(formOf(pageOf(arrival), '/login'), { username: user.email, password: user.password });
}

async function typeCode(
  agent: UserAgent,
  arrival: Arrival,
  code: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Arrival> {
  return agent.submit(formOf(pageOf(arrival), '/second-factor/totp'), { code, ...more });
}

/** A browser that is signed in by the password alone, before the account had a second factor. */
async function signedInByPassword(user: TestUser): Promise<UserAgent> {
  const agent = agentOf();
  const arrival = await typePassword(agent, ask().url, user);
  expect(arrival.page).toBeUndefined();
  return agent;
}

describe('a sign-in of an account with an authenticator', () => {
  it('ends after the code, and the tokens tell both factors (RFC 8176 §2)', async () => {
    const agent = agentOf();
    const request = ask();
    const second = await typePassword(agent, request.url, careful);
    expect(second.url.pathname).toMatch(/\/second-factor\/totp$/);
    const done = await typeCode(agent, second, await authenticator.freshCode());
    const tokens = await tokensFor(done.url, request);
    expect(claimsOf(tokens)).toMatchObject({ acr: MFA, amr: ['pwd', 'otp', 'mfa'] });

    const refreshed = tokensOf(await refresh(server.issuer, client, tokens.refreshToken));
    expect(claimsOf(refreshed)).toMatchObject({ acr: MFA, amr: ['pwd', 'otp', 'mfa'] });
  });

  it('gives nobody a session before the last factor (S34)', async () => {
    const agent = agentOf();
    const second = await typePassword(agent, ask().url, careful);
    const interaction = second.url.pathname.replace('/second-factor/totp', '');
    // Straight to where the protocol would go on.
    const resumed = await agent.open(`/authorize/${interaction.split('/').at(-1) ?? ''}`);
    expect(resumed.url.searchParams.get('code')).toBeNull();
    const silent = await agent.open(ask({ prompt: 'none' }).url);
    expect(silent.url.searchParams.get('error')).toBe('login_required');
    const other = await agent.open(ask().url);
    expect(pageOf(other).text).toContain('current-password');
  });

  it('takes a code once, whatever is typed around it (RFC 6238 §5.2)', async () => {
    const code = await authenticator.freshCode();
    const first = agentOf();
    const arrival = await typePassword(first, ask().url, careful);
    const done = await typeCode(first, arrival, ` ${code.slice(0, 3)}-${code.slice(3)} `);
    expect(done.page).toBeUndefined();

    const second = agentOf();
    const again = await typeCode(second, await typePassword(second, ask().url, careful), code);
    expect(pageOf(again).status).toBe(422);
    expect(pageOf(again).text).toContain('That code is not right or has expired. Enter the newest code.');
  });

  it('goes on by a recovery code, once, and tells how many are left', async () => {
    const [code = ''] = authenticator.recoveryCodes;
    const agent = agentOf();
    const request = ask();
    const second = await typePassword(agent, request.url, careful);
    const page = pageOf(await agent.open(second.url.href.replace('/totp', '/recovery')));
    const used = await agent.submit(formOf(page, '/recovery'), { code: code.toUpperCase() });
    expect(pageOf(used).text).toContain('9 recovery codes are left.');
    const done = await agent.submit(formOf(pageOf(used), '/continue'), {});
    expect(claimsOf(await tokensFor(done.url, request))).toMatchObject({
      acr: MFA,
      amr: ['pwd', 'otp', 'mfa'],
    });

    const other = agentOf();
    const again = await typePassword(other, ask().url, careful);
    const recovery = pageOf(await other.open(again.url.href.replace('/totp', '/recovery')));
    const refused = await other.submit(formOf(recovery, '/recovery'), { code });
    expect(pageOf(refused).status).toBe(422);
  });

  it('is not finished after the password was changed meanwhile (S39)', async () => {
    const user = await fixture.user();
    const own = await setUpAuthenticator(fixture, user);
    const agent = agentOf();
    const second = await typePassword(agent, ask().url, user);
    const form = formOf(pageOf(second), '/second-factor/totp');
    await changePassword(
      { ...fixture.application, accounts: fixture.application.stores.accounts },
      user.id,
      'another quiet meadow at dusk',
    );
    const refused = await agent.submit(form, { code: await own.freshCode() });
    expect(pageOf(refused).status).toBe(400);
  });

  it('can begin anew with another account', async () => {
    const agent = agentOf();
    const request = ask();
    const second = await typePassword(agent, request.url, careful);
    const login = await agent.submit(formOf(pageOf(second), '/second-factor/switch'), {});
    const done = await agent.submit(formOf(pageOf(login), '/login'), {
      username: plain.email,
      password: plain.password,
    });
    expect(claimsOf(await tokensFor(done.url, request))).toMatchObject({
      sub: plain.id,
      acr: SFA,
      amr: ['pwd'],
    });
  });
});

describe('a browser that is remembered', () => {
  it('is not asked by policy, and never spares what an app demands', async () => {
    const agent = agentOf();
    const second = await typePassword(agent, ask().url, careful);
    await typeCode(agent, second, await authenticator.freshCode(), { remember: '1' });
    const request = ask({ prompt: 'login' });
    const done = await typePassword(agent, request.url, careful);
    const claims = claimsOf(await tokensFor(done.url, request));
    expect(claims).toMatchObject({ acr: SFA, amr: ['pwd'] });

    const demanding = await agent.open(ask({ acr_values: MFA }).url);
    expect(demanding.url.pathname).toMatch(/\/second-factor\/totp$/);

    // What ends the account's sessions ends this too.
    await changePassword(
      { ...fixture.application, accounts: fixture.application.stores.accounts },
      careful.id,
      careful.password,
    );
    const asked = await typePassword(agent, ask().url, careful);
    expect(asked.url.pathname).toMatch(/\/second-factor\/totp$/);
  });
});

describe('step-up', () => {
  /** A session of one factor, of an account that has two: it was made before. */
  async function oneFactorSession(): Promise<{ agent: UserAgent; user: TestUser; own: Authenticator }> {
    const user = await fixture.user();
    const agent = await signedInByPassword(user);
    return { agent, user, own: await setUpAuthenticator(fixture, user) };
  }

  it('asks for the second factor only, with the account fixed (OIDC Core §3.1.2.1 acr_values)', async () => {
    const { agent, user, own } = await oneFactorSession();
    const before = ask();
    const unasked = await agent.open(before.url);
    const weak = claimsOf(await tokensFor(unasked.url, before));
    expect(weak).toMatchObject({ acr: SFA });

    const request = ask({ acr_values: MFA });
    const second = await agent.open(request.url);
    expect(second.url.pathname).toMatch(/\/second-factor\/totp$/);
    expect(pageOf(second).text).toContain(user.email);
    expect(pageOf(second).text).not.toContain('current-password');
    const done = await typeCode(agent, second, await own.freshCode());
    const claims = claimsOf(await tokensFor(done.url, request));
    expect(claims).toMatchObject({ acr: MFA, amr: ['pwd', 'otp', 'mfa'], auth_time: weak['auth_time'] });

    const again = ask({ acr_values: MFA });
    const silent = await agent.open(again.url);
    expect(claimsOf(await tokensFor(silent.url, again))).toMatchObject({ acr: MFA });
  });

  it('cannot be passed by a session of one factor in another tab (S34)', async () => {
    const { agent, own } = await oneFactorSession();
    const strong = await agent.open(ask({ acr_values: MFA }).url);
    // The other tab gets its code with one factor; the first one still waits.
    expect((await agent.open(ask().url)).url.searchParams.get('code')).not.toBeNull();
    const uid = /interaction\/([^/]+)/.exec(strong.url.pathname)?.[1] ?? '';
    const resumed = await agent.open(`/authorize/${uid}`);
    expect(resumed.url.searchParams.get('code')).toBeNull();
    const page = await agent.open(ask({ acr_values: MFA }).url);
    expect((await typeCode(agent, page, await own.freshCode())).url.searchParams.get('code')).not.toBeNull();
  });

  it.each([
    ['values', { values: [MFA], essential: true }],
    ['value', { value: MFA, essential: true }],
  ])('answers prompt=none with login_required for an essential acr by %s', async (_, acr) => {
    const { agent } = await oneFactorSession();
    const request = ask({ prompt: 'none', claims: JSON.stringify({ id_token: { acr } }) });
    const { url } = await agent.open(request.url);
    expect(url.searchParams.get('error')).toBe('login_required');
  });

  it('tells that an account cannot meet what is essential, with prompt=none', async () => {
    const agent = await signedInByPassword(plain);
    const claims = JSON.stringify({ id_token: { acr: { values: [MFA], essential: true } } });
    const { url } = await agent.open(ask({ prompt: 'none', claims }).url);
    expect(url.searchParams.get('error')).toBe('unmet_authentication_requirements');
  });

  it('takes nothing of what is essential away for acr_values beside it', async () => {
    const agent = await signedInByPassword(plain);
    const claims = JSON.stringify({ id_token: { acr: { values: [MFA], essential: true } } });
    const { url } = await agent.open(ask({ prompt: 'none', claims, acr_values: SFA }).url);
    expect(url.searchParams.get('error')).toBe('unmet_authentication_requirements');
  });

  it('goes on with what there is where nothing essential is missing', async () => {
    const agent = await signedInByPassword(plain);
    const request = ask({ acr_values: `phr ${MFA}` });
    const { url } = await agent.open(request.url);
    expect(claimsOf(await tokensFor(url, request))).toMatchObject({ acr: SFA, amr: ['pwd'] });
  });

  it('refuses essential values that nobody could reach', async () => {
    const claims = JSON.stringify({ id_token: { acr: { values: ['urn:example:gold'], essential: true } } });
    const { url } = await agentOf().open(ask({ claims }).url);
    expect(url.searchParams.get('error')).toBe('unmet_authentication_requirements');
  });

  it('tells the acr in the words of the request, when the session has more (OIDC Core §5.5.1.1)', async () => {
    const agent = agentOf();
    await typeCode(agent, await typePassword(agent, ask().url, careful), await authenticator.freshCode());
    const request = ask({
      claims: JSON.stringify({ id_token: { acr: { values: [SFA], essential: true } } }),
    });
    const { url } = await agent.open(request.url);
    expect(claimsOf(await tokensFor(url, request))).toMatchObject({ acr: SFA });
  });

  it('asks for the password too where max_age wants a newer sign-in', async () => {
    const { agent } = await oneFactorSession();
    const page = pageOf(await agent.open(ask({ acr_values: MFA, max_age: '0' }).url));
    expect(page.text).toContain('current-password');
  });

  it('tells the app that its demand is not met when the person gives up', async () => {
    const { agent } = await oneFactorSession();
    const claims = JSON.stringify({ id_token: { acr: { values: [MFA], essential: true } } });
    const page = pageOf(await agent.open(ask({ claims }).url));
    const { url } = await agent.submit(formOf(page, '/second-factor/abort'), {});
    expect(url.searchParams.get('error')).toBe('unmet_authentication_requirements');
  });
});

describe('a client that requires a second factor', () => {
  it('has people without one set it up at the sign-in', async () => {
    const strict = await fixture.client({ requireSecondFactor: true });
    const user = await fixture.user();
    const agent = agentOf();
    const request = ask({}, strict);
    const setup = await typePassword(agent, request.url, user);
    expect(setup.url.pathname).toMatch(/\/second-factor\/setup$/);
    const { text } = pageOf(setup);
    const qr = await agent.request(/src="([^"]*qr\.svg)"/.exec(text)?.[1] ?? '');
    expect(qr.headers).toMatchObject({ 'content-type': 'image/svg+xml', 'cache-control': 'no-store' });
    const secret = secretIn(setup);

    const wrong = await agent.submit(formOf(pageOf(setup), '/setup'), { code: '000000', name: '' });
    expect(pageOf(wrong).status).toBe(422);
    const code = totpCode(secret, totpStep(new Date()));
    const codes = await agent.submit(formOf(pageOf(wrong), '/setup'), { code, name: 'Phone' });
    const file = await agent.post(formOf(pageOf(codes), '/recovery-codes.txt'), {});
    expect(file.headers).toMatchObject({
      'cache-control': 'no-store',
      'content-disposition': 'attachment; filename="recovery-codes.txt"',
    });
    const unsaved = await agent.submit(formOf(pageOf(codes), '/recovery-codes'), {});
    expect(pageOf(unsaved).status).toBe(422);
    const done = await agent.submit(formOf(pageOf(unsaved), '/recovery-codes'), { saved: '1' });
    const claims = claimsOf(await tokensFor(done.url, request, strict));
    expect(claims).toMatchObject({ acr: MFA, amr: ['pwd', 'otp', 'mfa'] });
    expect(await fixture.application.stores.recoveryCodes.countLeft(user.id)).toBe(10);
  });

  it('shows the key of a new authenticator to the browser alone that began it', async () => {
    const strict = await fixture.client({ requireSecondFactor: true });
    const user = await fixture.user();
    const session = await signedInByPassword(user);
    // Whoever knows the password must not have the owner take a key that they have seen.
    const stranger = agentOf();
    const begun = await typePassword(stranger, ask({}, strict).url, user);
    expect(secretIn(await session.open('/account/totp/setup'))).not.toEqual(secretIn(begun));
    const again = await stranger.open(begun.url.href);
    const owner = agentOf();
    const setup = await typePassword(owner, ask({}, strict).url, user);
    expect(secretIn(setup)).not.toEqual(secretIn(again));
    expect((await stranger.request(begun.url.href.replace('/setup', '/qr.svg'))).status).toBe(404);
    expect((await session.request('/account/totp/qr.svg')).status).toBe(404);
    const code = totpCode(secretIn(setup), totpStep(new Date()));
    const refused = await stranger.submit(formOf(pageOf(again), '/setup'), { code, name: '' });
    expect(pageOf(refused).status).toBe(422);
    expect(await fixture.application.stores.totp.find(user.id)).toBeUndefined();
  });

  it('is not reached by a session of one factor', async () => {
    const strict = await fixture.client({ requireSecondFactor: true });
    const agent = await signedInByPassword(plain);
    const { url } = await agent.open(ask({ prompt: 'none' }, strict).url);
    expect(url.searchParams.get('error')).toBe('unmet_authentication_requirements');
  });

  it('has nobody set one up on the word of a session of long ago', async () => {
    const strict = await fixture.client({ requireSecondFactor: true });
    const user = await fixture.user();
    const agent = await signedInByPassword(user);
    expect((await agent.open(ask({}, strict).url)).url.pathname).toMatch(/\/second-factor\/setup$/);
    await ageSessions(fixture, user, 11 * 60);
    const confirm = await agent.open(ask({}, strict).url);
    expect(pageOf(confirm).text).toContain('current-password');
    const setup = await agent.submit(formOf(pageOf(confirm), '/login'), {
      username: user.email,
      password: user.password,
    });
    expect(setup.url.pathname).toMatch(/\/second-factor\/setup$/);
  });

  it('has nobody make recovery codes on the word of a session of long ago', async () => {
    const strict = await fixture.client({ requireVerifiedEmail: true });
    const user = await fixture.user({ emailVerified: false });
    const own = await setUpAuthenticator(fixture, user);
    const { recoveryCodes } = fixture.application.stores;
    await recoveryCodes.remove(user.id);
    const agent = agentOf();
    await typeCode(agent, await typePassword(agent, ask().url, user), await own.freshCode());
    await ageSessions(fixture, user, 11 * 60);
    const waiting = await agent.open(ask({}, strict).url);
    const form = formOf(pageOf(waiting), '/verify-email');
    const action = form.action.replace('/verify-email', '/second-factor/recovery-codes');
    // Codes that nobody has made: where they are new, a page shows the right ones.
    const codes = own.recoveryCodes.join(' ');
    const made = await agent.post({ ...form, action }, { codes, saved: '1' });
    expect({ status: made.status, left: await recoveryCodes.countLeft(user.id) }).toEqual({
      status: 303,
      left: 0,
    });
  });

  it('asks for the factor that there is before a passkey that is demanded is added', async () => {
    const user = await fixture.user();
    const own = await setUpAuthenticator(fixture, user);
    const agent = agentOf();
    const claims = JSON.stringify({ id_token: { acr: { values: ['phr'], essential: true } } });
    const second = await typePassword(agent, ask({ claims }).url, user);
    expect(second.url.pathname).toMatch(/\/second-factor\/totp$/);
    const skipped = await agent.open(second.url.href.replace('/totp', '/setup'));
    expect(skipped.url.pathname).toMatch(/\/second-factor\/totp$/);
    const form = formOf(pageOf(second), '/second-factor/totp');
    const options = { ...form, action: form.action.replace('/totp', '/setup/passkey/options') };
    expect((await agent.post(options, {})).status).toBe(303);
    const needed = await typeCode(agent, second, await own.freshCode());
    expect(needed.url.pathname).toMatch(/\/second-factor\/setup$/);
    expect(pageOf(needed).text).toContain('/second-factor/setup/passkey/options');
  });

  it('does not let anybody replace a factor that is there', async () => {
    const strict = await fixture.client({ requireSecondFactor: true });
    const agent = agentOf();
    const second = await typePassword(agent, ask({}, strict).url, careful);
    const setup = await agent.open(second.url.href.replace('/totp', '/setup'));
    expect(setup.url.pathname).toMatch(/\/second-factor\/totp$/);
    const qr = await agent.request(second.url.href.replace('/totp', '/qr.svg'));
    expect(qr.status).toBe(404);
  });
});

test('removing the authenticator ends what was issued to the account (S39)', async () => {
  const user = await fixture.user();
  const own = await setUpAuthenticator(fixture, user);
  const agent = agentOf();
  const request = ask();
  const done = await typeCode(agent, await typePassword(agent, request.url, user), await own.freshCode());
  const tokens = await tokensFor(done.url, request);
  const { application } = fixture;
  await removeTotp(application, user.id);
  expect((await refresh(server.issuer, client, tokens.refreshToken)).status).toBe(400);
  expect((await agent.open(ask({ prompt: 'none' }).url)).url.searchParams.get('error')).toBe(
    'login_required',
  );
});

describe('the pages of the account', () => {
  it('set an authenticator up, give recovery codes, and take it away again', async () => {
    const user = await fixture.user();
    const agent = agentOf();
    const overview = await typePassword(agent, `${server.issuer}/account/totp`, user);
    expect(overview.url.pathname).toBe('/account/totp');
    const setup = await agent.open('/account/totp/setup');
    const secret = secretIn(setup);
    const wrong = await agent.submit(formOf(pageOf(setup), '/setup'), { code: '', name: 'Phone' });
    expect(pageOf(wrong).status).toBe(422);
    const code = totpCode(secret, totpStep(new Date()));
    const added = await agent.submit(formOf(pageOf(wrong), '/setup'), { code, name: 'Phone' });
    expect(added.url.pathname).toBe('/account/recovery-codes');

    const codes = await agent.submit(formOf(pageOf(added), '/recovery-codes'), {});
    const unsaved = await agent.submit(formOf(pageOf(codes), '/saved'), {});
    expect(pageOf(unsaved).status).toBe(422);
    expect(await fixture.application.stores.recoveryCodes.countLeft(user.id)).toBe(0);
    const saved = await agent.submit(formOf(pageOf(unsaved), '/saved'), { saved: '1' });
    expect(pageOf(saved).text).toContain('10 codes are left.');

    const other = agentOf();
    await typeCode(
      other,
      await typePassword(other, ask().url, user),
      totpCode(secret, totpStep(new Date()) + 1),
    );
    const remove = await agent.open('/account/totp/remove');
    const removed = await agent.submit(formOf(pageOf(remove), '/remove'), {});
    expect(pageOf(removed).text).toContain('Your authenticator app was removed.');
    expect(await fixture.application.stores.recoveryCodes.countLeft(user.id)).toBe(0);
    const silent = await other.open(ask({ prompt: 'none' }).url);
    expect(silent.url.searchParams.get('error')).toBe('login_required');
  });

  it('take no form from elsewhere, and show nobody the key of another sign-in (V3.5.1)', async () => {
    const agent = agentOf();
    const arrival = await agent.open('/account/totp/qr.svg');
    expect(arrival.url.pathname).toMatch(/^\/interaction\//);
    await typePassword(agent, `${server.issuer}/account/totp`, plain);
    const setup = pageOf(await agent.open('/account/totp/setup'));
    const forged = await agent.post(
      { ...formOf(setup, '/setup'), fields: { csrf: 'none' } },
      { code: '123456' },
    );
    expect(forged.status).toBe(403);
  });
});

it('slows guesses of codes down, however often the password is right (S31)', async () => {
  const user = await fixture.user();
  await setUpAuthenticator(fixture, user);
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 12; attempt += 1) {
    const agent = agentOf();
    const second = await typePassword(agent, ask().url, user);
    statuses.push(pageOf(await typeCode(agent, second, '000000')).status);
  }
  expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 422));
  expect(statuses.slice(10)).toEqual([429, 429]);
});

test('eight posts of one code at once let one browser in (S35)', async () => {
  const agents = await Promise.all(
    Array.from({ length: 8 }, async () => {
      const agent = agentOf();
      return { agent, arrival: await typePassword(agent, ask().url, careful) };
    }),
  );
  const code = await authenticator.freshCode();
  const ends = await Promise.all(agents.map(({ agent, arrival }) => typeCode(agent, arrival, code)));
  expect(ends.filter(({ page }) => page === undefined)).toHaveLength(1);
});

test('discovery names what can be asked for', async () => {
  const document = json(await send(`${server.issuer}/.well-known/openid-configuration`));
  expect(document['acr_values_supported']).toEqual([SFA, MFA, 'phr']);
});

function fromBase32(text: string): Buffer {
  let bits = '';
  for (const letter of text)
    bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
}
