import {
  authorizationRequest,
  basic,
  closeConnections,
  postForm,
  redeemCode,
  refresh,
  tokensOf,
  userinfo,
} from '../support/relying-party-requests.js';
import { UserAgent } from '../support/relying-party-user-agent.js';
import { openFixture } from '../support/server-fixture.js';
import { startServer } from '../support/server.js';
import { startTraceCollector, type TraceCollector } from '../support/trace-collector.js';

/**
 * What each request asks of the database, once the server is warm. A statement more is a round trip more for every user,
 * and should be meant; one less is to be kept.
 */
const EXPECTED = [
  'GET /authorize: artifacts_write',
  'GET /interaction/:uid: artifacts_find',
  'POST /interaction/:uid/login: accounts_by_login, accounts_find, artifacts_find, artifacts_write, audit_add, login_attempts_count, login_attempts_succeed, second_factors_find',
  'GET /authorize/:uid: accounts_find, artifacts_find, artifacts_write, consents_find',
  'GET /interaction/:uid: accounts_find, artifacts_find, consents_find',
  'POST /interaction/:uid/consent: artifacts_find, artifacts_write, audit_add',
  'GET /authorize/:uid: accounts_find, artifacts_find, artifacts_find, artifacts_find, artifacts_write',
  'POST /token: accounts_find, artifacts_find, artifacts_write',
  'GET /userinfo: accounts_find, artifacts_find',
  'POST /introspect: artifacts_find',
  'POST /token: accounts_find, artifacts_find, artifacts_write',
  'POST /token: artifacts_write',
  'GET /authorize: accounts_find, artifacts_find, artifacts_find, artifacts_write',
];

let collector: TraceCollector;

beforeAll(async () => {
  collector = await startTraceCollector();
  const server = await startServer({
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, REDIS_URL: '' },
  });
  const fixture = await openFixture(server);
  const app = await fixture.client({ firstParty: false });
  const service = await fixture.client({ type: 'service', redirectUris: [] });
  const users = [await fixture.user(), await fixture.user()];
  const { issuer } = server;
  // The first time warms up: clients, their logos and their secrets are remembered from then on.
  for (const user of users) {
    const agent = new UserAgent(issuer);
    const request = authorizationRequest(issuer, app, {
      scope: 'openid email offline_access',
      prompt: 'login consent',
    });
    const code = await agent.codeOf(request.url, user);
    const redeemed = await redeemCode(issuer, app, { code, codeVerifier: request.codeVerifier });
    const { accessToken, refreshToken } = tokensOf(redeemed);
    await userinfo(issuer, accessToken);
    await postForm(`${issuer}/introspect`, { token: accessToken }, { headers: basic(app) });
    tokensOf(await refresh(issuer, app, refreshToken));
    const own = { grant_type: 'client_credentials' };
    tokensOf(await postForm(`${issuer}/token`, own, { headers: basic(service) }));
    await agent.codeOf(authorizationRequest(issuer, app, { prompt: 'none' }).url, user);
  }
  closeConnections();
  await fixture.close();
  await server.stop();
});

afterAll(() => collector.close());

test('a request asks the database for no more than it has to', () => {
  const requests = collector.spans.filter(({ kind }) => kind === 2);
  const asked = requests.map(({ name, traceId }) => `${name}: ${statementsOf(traceId)}`);
  expect(asked.slice(-EXPECTED.length)).toEqual(EXPECTED);
});

/** What is written beside the answer, once an hour for each account and client, is left out. */
function statementsOf(traceId: string): string {
  return collector.spans
    .filter((span) => span.traceId === traceId && span.attributes['db.query.summary'] !== undefined)
    .map(({ name }) => name)
    .filter((name) => !name.includes('client_uses'))
    .sort()
    .join(', ');
}
