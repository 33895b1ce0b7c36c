import { latchkey } from '../support/cli.js';
import {
  authorizationRequest,
  json,
  redeemCode,
  send,
  type HttpAnswer,
} from '../support/relying-party-requests.js';
import { formOf, UserAgent } from '../support/relying-party-user-agent.js';
import { serve } from '../support/serve.js';
import type { Fixture, TestClient, TestUser } from '../support/server-fixture.js';
import type { TestServer } from '../support/server.js';

let server: TestServer;
let fixture: Fixture;
let user: TestUser;
let client: TestClient;

beforeAll(async () => {
  [server, fixture] = await serve();
  user = await fixture.user();
  client = await fixture.client();
});

const referenceOf = ({ headers }: HttpAnswer): string => String(headers['x-request-id']);

/** The line of the log that has a reference and tells this; resolves when it is written. */
async function logged(reference: string, msg: string): Promise<unknown> {
  const [line] = await server.printed(new RegExp(`^.*"requestId":"${reference}".*"msg":"${msg}"}$`, 'm'));
  return JSON.parse(line);
}

/** The types of the events that a reference finds. */
async function audited(reference: string): Promise<readonly unknown[]> {
  const { stdout } = await latchkey(server, ['event', 'list', '--request', reference]);
  return (JSON.parse(stdout) as readonly { readonly type: string }[]).map(({ type }) => type);
}

it('leads from a refused sign-in through the log to the audit event', async () => {
  const agent = new UserAgent(server.issuer);
  const { page } = await agent.open(authorizationRequest(server.issuer, client).url);
  if (!page) throw new Error('There is no login form.');
  const refused = await agent.post(formOf(page, '/login'), { username: user.email, password: 'not the one' });
  const reference = referenceOf(refused);

  expect(await logged(reference, 'request')).toMatchObject({ status: 422, method: 'POST' });
  expect(await audited(reference)).toEqual(['sign_in.failed']);
});

it('leads from a refused token request through the log to the audit event', async () => {
  const request = authorizationRequest(server.issuer, client);
  const code = await new UserAgent(server.issuer).codeOf(request.url, user);
  const redeem = () => redeemCode(server.issuer, client, { code, codeVerifier: request.codeVerifier });
  await redeem();
  // Past the time in which a second request is taken for one that came twice.
  await fixture.application.database.knex.raw(
    "update artifacts set consumed_at = consumed_at - interval '1 minute' where consumed_at is not null",
  );
  const refused = await redeem();
  expect(json(refused)['error']).toBe('invalid_grant');
  const reference = referenceOf(refused);

  expect(await logged(reference, 'token request refused')).toMatchObject({ errorCode: 'invalid_grant' });
  expect(await audited(reference)).toEqual(expect.arrayContaining(['code.replayed', 'grant.revoked']));
});

it('stands on the error page as it stands in the log, with the reason', async () => {
  const { url } = authorizationRequest(server.issuer, client, {
    redirect_uri: 'https://elsewhere.example.test/',
  });
  const page = await send(url);
  const reference = referenceOf(page);

  expect(page.text).toContain(`<code>${reference}</code>`);
  expect(await logged(reference, 'authorization refused')).toMatchObject({
    errorCode: 'invalid_redirect_uri',
  });
});

it('stands in a problem of the API', async () => {
  const problem = await send(`${server.issuer}/api/v1/users`);
  expect(json(problem)['request_id']).toBe(referenceOf(problem));
  expect(await logged(referenceOf(problem), 'request')).toMatchObject({ status: 401 });
});

it('is never taken from the request, since anybody could choose it', async () => {
  const answer = await send(`${server.issuer}/jwks`, { headers: { 'x-request-id': 'mine' } });
  expect(referenceOf(answer)).toMatch(/^[\w-]{12}$/);
});
