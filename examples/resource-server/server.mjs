// A small API: it takes access tokens of the provider, and asks for a stronger or newer sign-in before it pays. README.md says
// how to run it.
import { createServer } from 'node:http';
import * as oidc from 'openid-client';
import { createAccessTokens } from './access-tokens.mjs';
import { demand, TWO_FACTORS } from './demands.mjs';
import { PROOF_ALGORITHMS } from './dpop.mjs';
import { Refusal } from './refusal.mjs';

const { ISSUER = 'http://localhost:3000', AUDIENCE = 'https://api.example.com', PORT = '8081' } = process.env;
const {
  ORIGIN = `http://localhost:${PORT}`,
  CLIENT_ID = 'resource-server',
  CLIENT_SECRET,
  MAX_AGE = '300',
} = process.env;

const tokens = createAccessTokens(await discover(), { audience: AUDIENCE, origin: ORIGIN });

/** @type {Record<string, { demands: Parameters<typeof demand>[1], handle: (caller: import('./access-tokens.mjs').Caller) => unknown }>} */
const routes = {
  'GET /invoices': { demands: { scope: 'invoices:read' }, handle: ({ sub }) => ({ invoices: [], for: sub }) },
  'POST /payments': {
    demands: { scope: 'invoices:read', acrValues: TWO_FACTORS, maxAge: Number(MAX_AGE) },
    handle: ({ sub }) => ({ paid: true, by: sub }),
  },
};

/** Learns the endpoints and keys of the provider. @see OpenID Connect Discovery 1.0 §4 */
async function discover() {
  // A provider on this machine may speak http; anywhere else openid-client insists on https.
  const execute = new URL(ISSUER).hostname === 'localhost' ? [oidc.allowInsecureRequests] : [];
  const authentication = CLIENT_SECRET ? oidc.ClientSecretBasic(CLIENT_SECRET) : oidc.None();
  try {
    return await oidc.discovery(new URL(ISSUER), CLIENT_ID, CLIENT_SECRET, authentication, { execute });
  } catch (error) {
    console.error(
      `Cannot read the discovery document of ${ISSUER}: ${error.message}. Does the provider run?`,
    );
    return process.exit(1);
  }
}

const server = createServer(async (request, response) => {
  const { method, url = '/', headers } = request;
  const answer = (status, body, more = {}) =>
    response
      .writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...more })
      .end(JSON.stringify(body));
  // By what stands before a query: not every path that somebody sends is one that `URL` reads.
  const [path] = url.split('?', 1);
  const route = routes[`${method} ${path}`];
  if (!route) return answer(404, { error: 'not_found' });
  try {
    const caller = await tokens.callerOf(request);
    demand(caller, route.demands);
    return answer(200, route.handle(caller));
  } catch (error) {
    if (error instanceof Refusal) {
      return answer(error.status, error.parameters, {
        'WWW-Authenticate': challenges(error, headers.authorization),
      });
    }
    console.error(error);
    return answer(503, { error: 'temporarily_unavailable' });
  }
});

/** By the scheme that the caller used; to one that used none, both are offered. */
function challenges(refusal, authorization = '') {
  const dpop = `${refusal.challenge('DPoP')}${Object.keys(refusal.parameters).length > 0 ? ',' : ''} algs="${PROOF_ALGORITHMS.join(' ')}"`;
  if (/^DPoP /i.test(authorization)) return dpop;
  return authorization === '' ? [refusal.challenge('Bearer'), dpop] : refusal.challenge('Bearer');
}

server.listen(Number(PORT), 'localhost', () => {
  console.log(`The API is ready: ${ORIGIN}/\n  Provider   ${ISSUER}\n  Audience   ${AUDIENCE}`);
});
