import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import os from 'node:os';
import path from 'node:path';
import * as jose from 'jose';
import * as openid from 'openid-client';
import { beginTotp, confirmTotp } from '../../src/domain/factors/enrol-totp.js';
import { totpCode, totpStep } from '../../src/domain/factors/totp.js';
import { escapeHtml } from '../../src/http/escape-html.js';
import { makeCertificate } from '../support/certificates.js';
import { basic, json, postForm, send, tokensOf, type HttpAnswer } from '../support/relying-party-requests.js';
import { formOf, UserAgent } from '../support/relying-party-user-agent.js';
import { serve } from '../support/serve.js';
import { expectNoFault, expectSpecError } from '../support/server-answers.js';
import type { Fixture, TestClient, TestUser } from '../support/server-fixture.js';
import { startSecondServer, startServer, type TestServer } from '../support/server.js';

const GRANT = 'urn:openid:params:grant-type:ciba';
const API = 'https://api.example.test';
const PAGE = '/account/requests';

let folder: string;
let server: TestServer;
let fixture: Fixture;
let bank: TestClient;
let receiver: Server;
let receiverUrl: string;
/** What the notification endpoint received, and how it answers. */
const received: { authorization: string | undefined; body: string }[] = [];
let refusals = 0;
const arrivals = new EventEmitter();

beforeAll(async () => {
  const own = await makeCertificate({ name: 'CN=app', names: [{ type: 'ip', value: '127.0.0.1' }] });
  receiver = createServer({ key: own.key, cert: own.pem }, (request, response) => {
    void receive(request).then((status) => response.writeHead(status).end());
  });
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const address = receiver.address();
  receiverUrl = `https://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/cb`;
  folder = await mkdtemp(path.join(os.tmpdir(), 'latchkey-flows-'));
  const certificate = path.join(folder, 'app.pem');
  await writeFile(certificate, own.pem);
  [server, fixture] = await serve({
    env: { NODE_EXTRA_CA_CERTS: certificate },
    configuration: `
features: { ciba: true, request_objects: true }
scopes: [{ name: pay, description: pay for you }]
resources: [{ identifier: ${API}, name: Payments, scopes: [pay] }]
`,
  });
  bank = await register();
});

afterAll(async () => {
  receiver.close();
  await rm(folder, { recursive: true });
});

async function receive(request: IncomingMessage): Promise<number> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  received.push({ authorization: request.headers.authorization, body });
  refusals -= 1;
  const status = refusals >= 0 ? 503 : 204;
  arrivals.emit('ping');
  return status;
}

type Input = NonNullable<Parameters<Fixture['client']>[0]>;

const register = ({ metadata = {}, ...input }: Input = {}): Promise<TestClient> =>
  fixture.client({
    name: 'Lumen Bank',
    redirectUris: [],
    metadata: {
      grant_types: [GRANT, 'refresh_token'],
      backchannel_token_delivery_mode: 'poll',
      ...metadata,
    },
    scopes: ['openid', 'email', 'offline_access', 'pay'],
    resources: [API],
    ...input,
  });

function ask(client: TestClient, parameters: Record<string, string>): Promise<HttpAnswer> {
  return postForm(
    `${server.issuer}/backchannel`,
    { scope: 'openid email', ...parameters },
    { headers: basic(client) },
  );
}

async function asked(client: TestClient, parameters: Record<string, string>): Promise<string> {
  const answer = await ask(client, parameters);
  expect([answer.status, answer.status === 200 ? '' : answer.text]).toEqual([200, '']);
  return String(json(answer)['auth_req_id']);
}

const redeem = (client: TestClient, authRequestId: string): Promise<HttpAnswer> =>
  postForm(
    `${server.issuer}/token`,
    { grant_type: GRANT, auth_req_id: authRequestId },
    { headers: basic(client) },
  );

/** Opens the page on which a person answers, signing in on the way where that is asked. */
async function openPage(user: TestUser, agent = new UserAgent(server.issuer)) {
  let { page } = await agent.open(`${server.issuer}${PAGE}`);
  if (page && new URL(page.url).pathname.startsWith('/interaction')) {
    const credentials = { username: user.email, password: user.password };
    ({ page } = await agent.submit(formOf(page, '/login'), credentials));
  }
  if (!page) throw new Error('There is no page.');
  return { agent, page };
}

async function answer(user: TestUser, decision: 'allow' | 'deny', agent?: UserAgent): Promise<HttpAnswer> {
  const opened = await openPage(user, agent);
  const { page } = await opened.agent.submit(formOf(opened.page, PAGE), { decision });
  if (!page) throw new Error('There is no page.');
  return page;
}

test('a person allows on a page what an app asks for elsewhere, and the app polls (CIBA Core 1.0 §7, §10.1)', async () => {
  const user = await fixture.user();
  const config = await openid.discovery(
    new URL(server.issuer),
    bank.clientId,
    {},
    openid.ClientSecretBasic(bank.clientSecret),
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- so marked to stand out; the server is on loopback
    { execute: [openid.allowInsecureRequests] },
  );
  const begun = await openid.initiateBackchannelAuthentication(config, {
    login_hint: user.email,
    scope: 'openid email offline_access pay',
    resource: API,
    binding_message: 'Transfer 4711',
  });
  expect(begun.expires_in).toBe(600);
  expectSpecError(await redeem(bank, begun.auth_req_id), 400, 'authorization_pending');

  const { agent, page } = await openPage(user);
  expect(page.text).toContain('<bdi>Lumen Bank</bdi>');
  expect(page.text).toContain('<bdi>Transfer 4711</bdi>');
  expect(page.text).toContain('pay for you');
  const { page: done } = await agent.submit(formOf(page, PAGE), { decision: 'allow' });
  expect(done?.text).toContain('You have allowed the request.');
  expect(done?.text).not.toContain('Transfer 4711');

  const tokens = await openid.pollBackchannelAuthenticationGrant(config, begun);
  expect(tokens.claims()).toMatchObject({
    sub: user.id,
    acr: 'https://refeds.org/profile/sfa',
    amr: ['pwd'],
  });
  expect(jose.decodeJwt(tokens.access_token)).toMatchObject({
    aud: API,
    scope: 'pay',
    acr: 'https://refeds.org/profile/sfa',
  });
  const refreshed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '');
  expect(refreshed.claims()?.sub).toBe(user.id);
  // Once is enough; a second time ends what was given.
  expectSpecError(await redeem(bank, begun.auth_req_id), 400, 'invalid_grant');

  const { events } = await fixture.application.auditReader.list({ limit: 20, subjectId: user.id });
  expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['ciba.requested', 'ciba.allowed']));
});

test('the person is told by a mail, which holds no way past the sign-in', async () => {
  const user = await fixture.user();
  await asked(bank, { login_hint: user.email, binding_message: 'Order 7 <b>' });
  const kept = await fixture.application.stores.mailQueue.listKept(50);
  const mail = kept
    .map((one) => one.mail)
    .find(({ to, kind }) => to === user.email && kind === 'approval-request');
  expect(mail?.values).toMatchObject({
    link: `${server.issuer}${PAGE}`,
    clientName: 'Lumen Bank',
    message: 'Order 7 <b>',
    minutes: 10,
  });
  const { page } = await openPage(user);
  expect(page.text).toContain(`<bdi>${escapeHtml('Order 7 <b>')}</bdi>`);
});

test('what a person denies stays denied (CIBA Core 1.0 §11)', async () => {
  const user = await fixture.user();
  const id = await asked(bank, { login_hint: user.email });
  const opened = await openPage(user);
  const form = formOf(opened.page, PAGE);
  const { page } = await opened.agent.submit(form, { decision: 'deny' });
  expect(page?.text).toContain('You have denied the request.');
  const again = await opened.agent.post(form, { decision: 'allow' });
  expect([again.status, again.text.includes('answered already')]).toEqual([422, true]);
  expectSpecError(await redeem(bank, id), 400, 'access_denied');
});

test('an app is pinged when there is an answer, until it hears it, on any instance (CIBA Core 1.0 §10.2)', async () => {
  const user = await fixture.user();
  const client = await register({
    metadata: {
      backchannel_token_delivery_mode: 'ping',
      backchannel_client_notification_endpoint: receiverUrl,
    },
  });
  const parameters = { login_hint: user.email, client_notification_token: 'notify-me-4711' };
  const id = await asked(client, parameters);
  const second = await startSecondServer(server);
  refusals = 1;
  received.length = 0;
  const twice = once(arrivals, 'ping').then(() => once(arrivals, 'ping'));
  await answer(user, 'allow', new UserAgent(server.issuer, second.url));
  await twice;
  expect(received).toEqual(
    [1, 2].map(() => ({
      authorization: 'Bearer notify-me-4711',
      body: JSON.stringify({ auth_req_id: id }),
    })),
  );
  expect(tokensOf(await redeem(client, id)).idToken).not.toBe('');
  await second.stop();
});

test('an app may name the person by an ID token', async () => {
  const user = await fixture.user();
  const first = await asked(bank, { login_hint: user.email });
  await answer(user, 'allow');
  const { idToken } = tokensOf(await redeem(bank, first));
  const second = await asked(bank, { id_token_hint: idToken });
  await answer(user, 'allow');
  expect(tokensOf(await redeem(bank, second)).idToken).not.toBe('');
});

test('nobody is asked more often than three at a time, however many apps do it at once', async () => {
  const user = await fixture.user();
  const other = await register();
  const answers = await Promise.all(
    [bank, other, bank, other, bank, other, bank].map((client) => ask(client, { login_hint: user.email })),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
  for (const refused of answers.filter(({ status }) => status !== 200)) {
    expectSpecError(refused, 400, 'access_denied');
  }
  await answer(user, 'deny');
  expect((await ask(bank, { login_hint: user.email })).status).toBe(200);
});

/** Has the requests to a person be older, or younger. */
const shiftRequests = (user: TestUser, seconds: number) =>
  fixture.application.database.knex.raw(
    'update backchannel_requests set created_at = created_at + make_interval(secs => ?) where account_id = ?',
    [seconds, user.id],
  );

test('nobody is asked more often than ten times an hour, whatever they answer', async () => {
  const user = await fixture.user();
  const { agent } = await openPage(user);
  for (let round = 0; round < 10; round += 1) {
    await asked(bank, { login_hint: user.email });
    expect((await answer(user, round % 2 === 0 ? 'deny' : 'allow', agent)).status).toBe(200);
  }
  expectSpecError(await ask(await register(), { login_hint: user.email }), 400, 'access_denied');
  await shiftRequests(user, -3_590);
  expectSpecError(await ask(bank, { login_hint: user.email }), 400, 'access_denied');
  await shiftRequests(user, -20);
  expect((await ask(bank, { login_hint: user.email })).status).toBe(200);
});

test('max_age has the person sign in again who did so too long before the request (CIBA Core 1.0 §7.1, Core §3.1.2.1)', async () => {
  const user = await fixture.user();
  const { agent } = await openPage(user);
  const id = await asked(bank, { login_hint: user.email, max_age: '0' });
  // Nobody waits: the request becomes one of later than the sign-in, and then one of before the next.
  await shiftRequests(user, 5);
  const { page } = await openPage(user, agent);
  const again = await agent.submit(formOf(page, PAGE), { decision: 'allow' });
  if (!again.page) throw new Error('There is no page.');
  expect(new URL(again.page.url).pathname).toMatch(/^\/interaction\//);
  expectSpecError(await redeem(bank, id), 400, 'authorization_pending');
  await shiftRequests(user, -10);
  const credentials = { username: user.email, password: user.password };
  const back = await agent.submit(formOf(again.page, '/login'), credentials);
  expect(back.page?.text).toContain('<bdi>Lumen Bank</bdi>');
  expect((await answer(user, 'allow', agent)).text).toContain('You have allowed the request.');
  expect(jose.decodeJwt(tokensOf(await redeem(bank, id)).idToken)['auth_time']).toEqual(expect.any(Number));

  const recent = await asked(bank, { login_hint: user.email, max_age: '300' });
  expect((await answer(user, 'allow', agent)).text).toContain('You have allowed the request.');
  expect((await redeem(bank, recent)).status).toBe(200);
  for (const wrong of ['-1', '1.5', 'soon']) {
    const refused = await ask(bank, { login_hint: user.email, max_age: wrong });
    expectSpecError(refused, 400, 'invalid_request');
  }
});

const MULTI = 'https://refeds.org/profile/mfa';
const essential = (value: string) => JSON.stringify({ id_token: { acr: { essential: true, value } } });

test('an essential acr has to be reached, and one that is only wished for need not (Core §5.5.1.1)', async () => {
  const user = await fixture.user();
  const wished = await asked(bank, { login_hint: user.email, acr_values: MULTI });
  await answer(user, 'allow');
  const told = ({ idToken }: { idToken: string }) => jose.decodeJwt(idToken)['acr'];
  expect(told(tokensOf(await redeem(bank, wished)))).toBe('https://refeds.org/profile/sfa');

  const id = await asked(bank, { login_hint: user.email, claims: essential(MULTI) });
  const refused = await answer(user, 'allow');
  expect([refused.status, refused.text.includes('This needs a second factor.')]).toEqual([422, true]);
  expectSpecError(await redeem(bank, id), 400, 'authorization_pending');

  const binding = 'a test';
  const { secret } = await beginTotp(fixture.application, user.id, binding);
  const step = totpStep(new Date());
  const code = totpCode(secret, step);
  await confirmTotp(fixture.application, { accountId: user.id, binding, code, name: '' });
  const agent = new UserAgent(server.issuer);
  const { page } = await openPage(user, agent);
  await agent.submit(formOf(page, '/second-factor/totp'), { code: totpCode(secret, step + 1) });
  expect((await answer(user, 'allow', agent)).text).toContain('You have allowed the request.');
  expect(told(tokensOf(await redeem(bank, id)))).toBe(MULTI);
});

test('an essential acr that nobody can reach is refused at once', async () => {
  const user = await fixture.user();
  const refused = await ask(bank, { login_hint: user.email, claims: essential('urn:example:gold') });
  expectSpecError(refused, 400, 'invalid_request');
  expect((await openPage(user)).page.text).toContain('No app is asking you for anything.');
});

test('a client that requires a second factor is not answered with one', async () => {
  const user = await fixture.user();
  const strict = await register({ requireSecondFactor: true });
  const id = await asked(strict, { login_hint: user.email });
  const page = await answer(user, 'allow');
  expect([page.status, page.text.includes('This needs a second factor.')]).toEqual([422, true]);
  expectSpecError(await redeem(strict, id), 400, 'authorization_pending');
});

test('a client that takes verified addresses only is answered by nobody else', async () => {
  const user = await fixture.user({ emailVerified: false });
  const strict = await register({ requireVerifiedEmail: true });
  const id = await asked(strict, { login_hint: user.email });
  const page = await answer(user, 'allow');
  expect([page.status, page.text.includes('That app accepts verified email addresses only.')]).toEqual([
    422,
    true,
  ]);
  expectSpecError(await redeem(strict, id), 400, 'authorization_pending');
});

test('requests belong to one person and one app, and end with the account', async () => {
  const [user, stranger] = [await fixture.user(), await fixture.user()];
  const id = await asked(bank, { login_hint: user.email });
  const { page } = await openPage(user);
  const { fields } = formOf(page, PAGE);
  await asked(bank, { login_hint: stranger.email });
  const theirs = await openPage(stranger);
  const form = formOf(theirs.page, PAGE);
  const stolen = await theirs.agent.post(form, { request: fields['request'] ?? '', decision: 'allow' });
  expect(stolen.status).toBe(422);
  expectSpecError(await redeem(await register(), id), 400, 'invalid_grant');

  await answer(user, 'allow');
  await fixture.disable(user);
  expectSpecError(await redeem(bank, id), 400, 'invalid_grant');
  expectSpecError(await ask(bank, { login_hint: user.email }), 400, 'unknown_user_id');
});

test('bad requests are refused as the specification says (CIBA Core 1.0 §13)', async () => {
  const user = await fixture.user();
  const wrong: readonly [Record<string, string>, string][] = [
    [{}, 'invalid_request'],
    [{ login_hint: '' }, 'invalid_request'],
    [{ login_hint: user.email, id_token_hint: 'a.b.c' }, 'invalid_request'],
    [{ login_hint: 'nobody@example.test' }, 'unknown_user_id'],
    [{ login_hint: 'x'.repeat(10_000) }, 'unknown_user_id'],
    [{ login_hint: 'a\0b' }, 'unknown_user_id'],
    [{ login_hint_token: 'a.b.c' }, 'invalid_request'],
    [{ id_token_hint: 'a.b.c' }, 'invalid_request'],
    [{ login_hint: user.email, user_code: '1234' }, 'invalid_request'],
    [{ login_hint: user.email, binding_message: 'x'.repeat(101) }, 'invalid_binding_message'],
    [{ login_hint: user.email, binding_message: 'a\nb' }, 'invalid_binding_message'],
    [{ login_hint: user.email, binding_message: '\u202eevil' }, 'invalid_binding_message'],
    [{ login_hint: user.email, requested_expiry: '-1' }, 'invalid_request'],
    [{ login_hint: user.email, requested_expiry: 'soon' }, 'invalid_request'],
    [{ login_hint: user.email, scope: 'email' }, 'invalid_request'],
    [{ login_hint: user.email, resource: 'https://unknown.example.test' }, 'invalid_target'],
  ];
  for (const [parameters, error] of wrong) {
    const refused = await ask(bank, parameters);
    expect([parameters, json(refused)['error']]).toEqual([parameters, error]);
    expectSpecError(refused, 400, error);
  }
  expectNoFault(await ask(bank, { login_hint: 'x'.repeat(100_000) }));
  for (const id of ['', 'unknown', 'x'.repeat(10_000)]) expectNoFault(await redeem(bank, id));
  const plain = await fixture.client();
  expectSpecError(await ask(plain, { login_hint: user.email }), 400, 'invalid_request');
  const { agent, page } = await openPage(user);
  const form = { action: `${server.issuer}${PAGE}`, fields: {} };
  expect(page.text).toContain('No app is asking you for anything.');
  expect((await agent.post(form, { request: 'x', decision: 'allow' })).status).toBe(403);
});

test('discovery tells of it exactly while it is on (CIBA Core 1.0 §4)', async () => {
  const document = json(await send(`${server.issuer}/.well-known/openid-configuration`));
  expect(document).toMatchObject({
    backchannel_authentication_endpoint: `${server.issuer}/backchannel`,
    backchannel_token_delivery_modes_supported: ['poll', 'ping'],
    backchannel_user_code_parameter_supported: false,
  });
  expect(document['grant_types_supported']).toContain(GRANT);
  expect((await send(`${server.issuer}${PAGE}`)).status).toBe(303);

  const off = await startServer({ databaseUrl: server.databaseUrl });
  const plain = json(await send(`${off.issuer}/.well-known/openid-configuration`));
  expect(Object.keys(plain).filter((key) => /^backchannel_(auth|token|user)/.test(key))).toEqual([]);
  expect(plain['grant_types_supported']).not.toContain(GRANT);
  expect((await send(`${off.issuer}${PAGE}`)).status).toBe(404);
  await off.stop();
});
