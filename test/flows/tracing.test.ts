import { endSession } from '../../src/domain/sessions/end-session.js';
import {
  authorizationRequest,
  closeConnections,
  redeemCode,
  send,
  tokensOf,
} from '../support/relying-party-requests.js';
import { UserAgent } from '../support/relying-party-user-agent.js';
import { openFixture, PASSWORD, type Fixture } from '../support/server-fixture.js';
import { startServer, type TestServer } from '../support/server.js';
import { startTraceCollector, type CollectedSpan, type TraceCollector } from '../support/trace-collector.js';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const CALLER = 'b7ad6b7169203331';

let collector: TraceCollector;
let server: TestServer;
let fixture: Fixture;
/** What the requests of this file have in them that no span may tell. */
const secrets: string[] = [PASSWORD];

/** Every request of this file is made and every span sent before the tests look at them. */
beforeAll(async () => {
  collector = await startTraceCollector();
  server = await startServer({
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_SERVICE_NAME: 'sign-in',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      LOG_LEVEL: 'debug',
    },
  });
  fixture = await openFixture(server);
  const user = await fixture.user();
  const client = await fixture.client({ backchannelLogoutUri: `${collector.url}/logout` });
  const request = authorizationRequest(server.issuer, client);
  const code = await new UserAgent(server.issuer).codeOf(request.url, user);
  const tokens = tokensOf(
    await redeemCode(
      server.issuer,
      client,
      { code, codeVerifier: request.codeVerifier },
      { headers: { traceparent: `00-${TRACE_ID}-${CALLER}-01` } },
    ),
  );
  await send(`${server.issuer}/nothing/${code}`);
  await send(`${server.issuer}/healthz/ready`);
  const page = await fixture.application.stores.sessions.list({ limit: 1, accountId: user.id });
  await endSession(fixture.application, { sessionId: page?.sessions[0]?.id ?? '' });
  await collector.asked('/logout');
  secrets.push(code, request.codeVerifier, request.state, user.email, client.clientSecret);
  secrets.push(tokens.accessToken, tokens.refreshToken, tokens.idToken);
  closeConnections();
  await fixture.close();
  await server.stop();
});

afterAll(() => collector.close());

const named = (name: string): CollectedSpan => {
  const found = collector.spans.find((span) => span.name === name);
  if (!found) throw new Error(`No span ${name} among ${collector.spans.map((span) => span.name).join(', ')}`);
  return found;
};
const below = ({ spanId }: CollectedSpan): readonly CollectedSpan[] =>
  collector.spans.filter(({ parentSpanId }) => parentSpanId === spanId);

test('a request is a span, named after its route, with the reference that the log has', () => {
  const login = named('POST /interaction/:uid/login');
  expect(login.kind).toBe(2);
  expect(login.attributes).toMatchObject({
    'http.request.method': 'POST',
    'http.route': '/interaction/:uid/login',
    'http.response.status_code': 200,
  });
  const line = server
    .stdout()
    .split('\n')
    .find((text) => text.includes(`"traceId":"${login.traceId}"`));
  expect(JSON.parse(line ?? '{}')).toMatchObject({
    msg: 'request',
    requestId: login.attributes['latchkey.request_id'],
    method: 'POST',
  });
});

test('what a request does stands below it: statements by their names, and the work on a password', () => {
  const login = named('POST /interaction/:uid/login');
  const work = below(login);
  expect(work.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['verify password', 'login_attempts_count', 'artifacts_find', 'audit_append']),
  );
  const statement = work.find(({ name }) => name === 'login_attempts_count');
  expect(statement?.kind).toBe(3);
  expect(statement?.attributes).toEqual({
    'db.system.name': 'postgresql',
    'db.query.summary': 'login_attempts_count',
  });
});

test('a trace that the caller began goes on here (W3C Trace Context §3.2)', () => {
  const token = named('POST /token');
  expect(token).toMatchObject({ traceId: TRACE_ID, parentSpanId: CALLER });
  expect(below(token).map(({ name }) => name)).toContain('artifacts_find');
});

test('requests of the server itself carry the trace on (W3C Trace Context §3.2)', async () => {
  const { traceparent } = await collector.asked('/logout');
  const outbound = collector.spans.find(
    ({ kind, attributes }) => kind === 3 && attributes['http.request.method'] === 'POST',
  );
  expect(traceparent).toBe(`00-${outbound?.traceId}-${outbound?.spanId}-01`);
  expect(outbound?.attributes).toMatchObject({
    'server.address': '127.0.0.1',
    'http.response.status_code': 200,
  });
});

test('what is no route has no name of its own, and probes are not traced', () => {
  expect(named('GET unmatched').attributes['http.response.status_code']).toBe(404);
  expect(collector.text).not.toContain('/healthz');
});

test('no span tells a code, token, password, address or query', () => {
  expect(collector.spans.length).toBeGreaterThan(20);
  for (const secret of secrets.filter((text) => text !== '')) expect(collector.text).not.toContain(secret);
});

test('the spans tell what sent them', () => {
  expect(collector.resource).toMatchObject({
    'service.name': 'sign-in',
    'deployment.environment.name': 'test',
    'service.version': expect.stringMatching(/^\d+\./) as string,
  });
});
