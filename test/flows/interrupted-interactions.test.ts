import { expireInteraction } from '../support/expire-interaction.js';
import {
  authorizationRequest,
  closeConnections,
  redeemCode,
  tokensOf,
  type HttpAnswer,
} from '../support/relying-party-requests.js';
import {
  codeIn,
  formOf,
  unescapeHtml,
  UserAgent,
  type Arrival,
} from '../support/relying-party-user-agent.js';
import { expectErrorPage, expectNoFault } from '../support/server-answers.js';
import { openFixture, type Fixture, type TestClient, type TestUser } from '../support/server-fixture.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let fixture: Fixture;
let user: TestUser;
let client: TestClient;
/** Asks for consent. */
let stranger: TestClient;

beforeAll(async () => {
  server = await startServer();
  fixture = await openFixture(server);
  user = await fixture.user();
  client = await fixture.client();
  stranger = await fixture.client({ firstParty: false });
});

afterAll(async () => {
  closeConnections();
  await fixture.close();
  await server.stop();
});

const request = (extra: Readonly<Record<string, string>> = {}, to = client) =>
  authorizationRequest(server.issuer, to, extra);

function pageOf({ page, url }: Arrival): HttpAnswer {
  if (!page) throw new Error(`There is no page, but ${url.href}.`);
  return page;
}

async function openLogin(agent = new UserAgent(server.issuer), to = client) {
  const begun = request({}, to);
  const page = pageOf(await agent.open(begun.url));
  return { agent, begun, page, form: formOf(page, '/login') };
}

const credentials = (): Record<string, string> => ({ username: user.email, password: user.password });

describe('an interaction', () => {
  /** The address behind "Start again". */
  const startAgain = (page: HttpAnswer): string =>
    unescapeHtml(/<a class="button primary" href="([^"]*)">Start again/.exec(page.text)?.[1] ?? '');

  it('that has expired offers to start again, and that works', async () => {
    const { agent, form } = await openLogin();
    await expireInteraction(server, fixture, /\/interaction\/([^/]+)/.exec(form.action)?.[1] ?? '');
    for (const page of [
      await agent.post(form, credentials()),
      await agent.request(form.action.replace(/\/login$/, '')),
    ]) {
      expect(page.status).toBe(400);
      expect(page.text).toContain('This page is no longer valid');
      const again = pageOf(await agent.open(startAgain(page)));
      expect((await agent.submit(formOf(again, '/login'), credentials())).page).toBeUndefined();
      agent.forget('latchkey_session');
    }
  });

  it('whose cookies are lost ends in a page with a way on', async () => {
    const { agent, form } = await openLogin();
    agent.forget();
    const page = await agent.post(form, credentials());
    expect(page.status).toBe(400);
    expect(page.text).toContain('This page is no longer valid');
    expect(page.text).toContain('<a class="button" href="/">');
    const resume = pageOf(await agent.open(`${server.issuer}/authorize/${'a'.repeat(21)}`));
    await expectErrorPage(server, resume, 400, 'Reference:');
  });

  it('whose cookie is forged is not found', async () => {
    const { agent, form } = await openLogin();
    agent.forget();
    const headers = {
      cookie: 'latchkey_interaction=aaaa; latchkey_interaction.sig=bbbb; latchkey_session=a%00',
    };
    expect((await agent.post(form, credentials(), headers)).status).toBe(400);
  });

  it('in each of two tabs comes to its end (ASVS 5.0 V2.3.1)', async () => {
    const agent = new UserAgent(server.issuer);
    const [one, two] = [await openLogin(agent), await openLogin(agent)];
    for (const { begun, form } of [one, two]) {
      const arrival = await agent.submit(form, credentials());
      const code = codeIn(arrival.url);
      expect(arrival.url.searchParams.get('state')).toBe(begun.state);
      const redeemed = await redeemCode(server.issuer, client, { code, codeVerifier: begun.codeVerifier });
      expect(redeemed.status).toBe(200);
    }
  });

  it('that is finished and gone back to has a way on', async () => {
    const { agent, page, form } = await openLogin();
    await agent.submit(form, credentials());
    for (const address of [page.url, `${page.url}/login`]) {
      const back = pageOf(await agent.open(address));
      expect(back.status).toBe(400);
      expect(codeIn((await agent.open(startAgain(back))).url)).not.toBe('');
    }
    const again = pageOf(await agent.submit(form, credentials()));
    expect(again.status).toBe(400);
    expect(codeIn((await agent.open(startAgain(again))).url)).not.toBe('');
  });

  it('whose forms are submitted twice at once goes on once, without a fault', async () => {
    const { agent, begun, form } = await openLogin(undefined, stranger);
    const logins = await Promise.all([1, 2, 3].map(() => agent.post(form, credentials())));
    logins.forEach(expectNoFault);
    const [login] = logins.filter(({ status }) => status === 200);
    if (!login) throw new Error('No sign-in succeeded.');
    const consent = pageOf(await agent.open(/content="0;url=([^"]*)"/.exec(login.text)?.[1] ?? ''));
    const consentForm = formOf(consent, '/consent');
    const consents = await Promise.all([1, 2, 3].map(() => agent.post(consentForm, { decision: 'allow' })));
    consents.forEach(expectNoFault);
    const [allowed] = consents.filter(({ status }) => status === 200);
    if (!allowed) throw new Error('No consent succeeded.');
    const arrival = await agent.open(/content="0;url=([^"]*)"/.exec(allowed.text)?.[1] ?? '');
    const held = { code: codeIn(arrival.url), codeVerifier: begun.codeVerifier };
    const tokens = tokensOf(await redeemCode(server.issuer, stranger, held));
    expect(tokens.accessToken).not.toBe('');
  });

  it('takes no answer to a question that it does not ask (ASVS 5.0 V2.3.1)', async () => {
    const unknown = await fixture.client({ firstParty: false });
    const { agent, form } = await openLogin(undefined, unknown);
    const consent = { ...form, action: form.action.replace(/login$/, 'consent') };
    const skipped = await agent.post(consent, { decision: 'allow' });
    expect(skipped.status).toBe(400);
    const asked = pageOf(await agent.submit(form, credentials()));
    const undecided = await agent.post(formOf(asked, '/consent'), {});
    expect(undecided.text).toContain('name="decision"');
  });
});

describe('the page for devices', () => {
  it.each(['/device', '/device/authorize'])(
    'begins anew at %s for a browser without a session',
    async (path) => {
      const agent = new UserAgent(server.issuer);
      const sent = await agent.request(`${server.issuer}${path}`, {
        method: path === '/device' ? 'POST' : 'GET',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: path === '/device' ? 'user_code=AAAA-BBBB&xsrf=made-up' : '',
      });
      expect([sent.status, sent.headers.location]).toEqual([303, `${server.issuer}/device`]);
      const form = formOf(pageOf(await agent.open(`${server.issuer}/device`)), '/device');
      const page = await agent.post(form, { user_code: 'AAAA-BBBB' });
      expect(page.status).toBe(422);
      expect(page.text).toContain('That code is not right or has expired');
    },
  );
});

it('nothing of all this was a failure in the server’s own eyes', () => {
  expect(
    server
      .stdout()
      .split('\n')
      .filter((line) => line.includes('"level":50')),
  ).toEqual([]);
  expect(server.stderr()).not.toMatch(/^\s+at /m);
});
