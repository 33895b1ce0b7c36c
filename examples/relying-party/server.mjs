// A small relying party: it signs a person in by OpenID Connect and shows what it learned. README.md says how to run it.
// Sessions live in memory and end with the process; a real application keeps them in a store.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import * as oidc from 'openid-client';
import { homePage, messagePage, signedInPage } from './pages.mjs';

const { CLIENT_ID, CLIENT_SECRET, ISSUER = 'http://localhost:3000', PORT = '8080' } = process.env;
if (!CLIENT_ID || !CLIENT_SECRET) {
  fail('Set CLIENT_ID and CLIENT_SECRET to what "latchkey client create" printed.');
}

const ORIGIN = `http://localhost:${PORT}`;
const REDIRECT_URI = `${ORIGIN}/callback`;
const POST_LOGOUT_REDIRECT_URI = `${ORIGIN}/`;
const SCOPE = 'openid profile email';
const SESSION_COOKIE = 'relying_party_session';

/**
 * What the server knows of one browser.
 * @typedef {object} Session
 * @property {{ codeVerifier: string, state: string, nonce: string }} [signIn] a sign-in under way
 * @property {import('openid-client').TokenEndpointResponse} [tokens] of the person who is signed in
 * @property {import('openid-client').IDToken} [claims] of the ID token, verified
 * @property {string} [idToken] the newest one, as it came
 * @property {number} [refreshes] how often the tokens were refreshed
 */

/**
 * @typedef {{ query: string, sessionId: string | undefined, session: Session | undefined }} Request
 * @typedef {{ status: number, html?: string, location?: string, cookie?: string }} Answer
 */

/** @type {Map<string, Session>} */
const sessions = new Map();
const provider = await discover();

/** @type {Record<string, (request: Request) => Promise<Answer> | Answer>} */
const routes = {
  'GET /': showHome,
  'GET /login': startSignIn,
  'GET /callback': finishSignIn,
  'POST /refresh': refresh,
  'POST /logout': signOut,
};

/** Learns the endpoints and keys of the provider. @see OpenID Connect Discovery 1.0 §4 */
async function discover() {
  // Over TLS from the token endpoint a signature may go unchecked (OpenID Connect Core 1.0 §3.1.3.7); here it is checked.
  const execute = [oidc.enableNonRepudiationChecks];
  // A provider on this machine may speak http; anywhere else openid-client insists on https.
  if (new URL(ISSUER).hostname === 'localhost') execute.push(oidc.allowInsecureRequests);
  try {
    return await oidc.discovery(
      new URL(ISSUER),
      CLIENT_ID,
      undefined,
      oidc.ClientSecretBasic(CLIENT_SECRET),
      { execute },
    );
  } catch (error) {
    return fail(`Cannot read the discovery document of ${ISSUER}: ${explain(error)}. Does the provider run?`);
  }
}

/** Shows who is signed in, or a way to sign in. */
async function showHome({ session }) {
  if (!session?.tokens) return { status: 200, html: homePage({ issuer: ISSUER, clientId: CLIENT_ID }) };
  const { tokens, claims, idToken, refreshes } = session;
  /** @type {unknown} */
  let userinfo;
  let problem;
  try {
    // The subject is compared with the ID token's. @see OpenID Connect Core 1.0 §5.3.2
    userinfo = await oidc.fetchUserInfo(provider, tokens.access_token, claims.sub);
  } catch (error) {
    problem = `Userinfo was refused: ${explain(error)}. Refresh the tokens, or sign in again.`;
  }
  return { status: 200, html: signedInPage({ claims, idToken, userinfo, tokens, refreshes, problem }) };
}

/** Sends the browser to the provider. @see OpenID Connect Core 1.0 §3.1.2.1 */
async function startSignIn({ session, sessionId }) {
  const signIn = {
    codeVerifier: oidc.randomPKCECodeVerifier(), // only this server can redeem the code (RFC 7636)
    state: oidc.randomState(), // the answer belongs to a request of this browser (RFC 6749 §10.12)
    nonce: oidc.randomNonce(), // the ID token belongs to this request (OpenID Connect Core 1.0 §3.1.2.1)
  };
  const location = oidc.buildAuthorizationUrl(provider, {
    redirect_uri: REDIRECT_URI,
    scope: SCOPE,
    state: signIn.state,
    nonce: signIn.nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(signIn.codeVerifier),
    code_challenge_method: 'S256',
  }).href;
  if (session && sessionId) {
    session.signIn = signIn;
    return { status: 303, location };
  }
  return { status: 303, location, cookie: startSession({ signIn }) };
}

/** Takes the answer of the provider and redeems the code. @see OpenID Connect Core 1.0 §3.1.2.5, §3.1.3 */
async function finishSignIn({ query, session, sessionId }) {
  const signIn = session?.signIn;
  if (!signIn) {
    return refusal('No sign-in is under way in this browser. It was finished before, or the cookie is lost.');
  }
  delete session.signIn; // an answer is taken once
  try {
    const tokens = await oidc.authorizationCodeGrant(provider, new URL(`?${query}`, REDIRECT_URI), {
      pkceCodeVerifier: signIn.codeVerifier,
      expectedState: signIn.state,
      expectedNonce: signIn.nonce,
      idTokenExpected: true,
    });
    // A new session id, so that one that was planted before the sign-in is worth nothing after it.
    sessions.delete(sessionId);
    const cookie = startSession({ tokens, claims: tokens.claims(), idToken: tokens.id_token, refreshes: 0 });
    return { status: 303, location: '/', cookie };
  } catch (error) {
    if (error instanceof oidc.AuthorizationResponseError && error.error === 'access_denied') {
      return refusal('You did not sign in, or did not allow this application to use your account.');
    }
    return refusal(`The answer of the provider was not accepted: ${explain(error)}.`);
  }
}

/** Gets new tokens. The refresh token changes with every use, so the new one is kept. @see RFC 6749 §6 */
async function refresh({ session }) {
  if (!session?.tokens?.refresh_token) return refusal('There is no refresh token. Sign in again.');
  try {
    const tokens = await oidc.refreshTokenGrant(provider, session.tokens.refresh_token);
    session.tokens = { refresh_token: session.tokens.refresh_token, ...tokens };
    session.claims = tokens.claims() ?? session.claims;
    session.idToken = tokens.id_token ?? session.idToken;
    session.refreshes += 1;
    return { status: 303, location: '/' };
  } catch (error) {
    // Only a refusal of the token ends the session here; a network that is down does not.
    if (error instanceof oidc.ResponseBodyError && error.error === 'invalid_grant') delete session.tokens;
    return refusal(`The tokens could not be refreshed: ${explain(error)}.`);
  }
}

/** Ends the session here, then at the provider. @see OpenID Connect RP-Initiated Logout 1.0 §2 */
function signOut({ session, sessionId }) {
  if (sessionId) sessions.delete(sessionId);
  const cookie = sessionCookie('', 0);
  if (!session?.idToken) return { status: 303, location: '/', cookie };
  const location = oidc.buildEndSessionUrl(provider, {
    id_token_hint: session.idToken,
    post_logout_redirect_uri: POST_LOGOUT_REDIRECT_URI,
  }).href;
  return { status: 303, location, cookie };
}

/** @returns {Answer} */
function refusal(text) {
  return { status: 400, html: messagePage('This did not work', text) };
}

/** What an error of openid-client says: the code of the specification where there is one. */
function explain(error) {
  if (error instanceof oidc.AuthorizationResponseError || error instanceof oidc.ResponseBodyError) {
    return [error.error, error.error_description].filter(Boolean).join(', ');
  }
  const { message, cause } = /** @type {Error} */ (error);
  return cause instanceof Error && cause.message ? `${message} (${cause.message})` : message;
}

/** @returns {string} the cookie of a new session */
function startSession(session) {
  const id = randomBytes(32).toString('base64url');
  sessions.set(id, session);
  return sessionCookie(id, 8 * 60 * 60);
}

/** Out of reach of scripts, and not sent with forms of other sites; served over https it would also be `Secure`. */
function sessionCookie(value, seconds) {
  return `${SESSION_COOKIE}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${seconds}`;
}

function sessionIdOf(cookies = '') {
  const pairs = cookies.split(';').map((pair) => pair.trim().split('='));
  return pairs.find(([name]) => name === SESSION_COOKIE)?.[1];
}

const server = createServer(async (req, res) => {
  // By what stands before a query: not every path that somebody sends is one that `URL` reads.
  const [path, query = ''] = (req.url ?? '/').split(/\?(.*)/s);
  const sessionId = sessionIdOf(req.headers.cookie);
  const session = sessionId === undefined ? undefined : sessions.get(sessionId);
  const route = routes[`${req.method} ${path}`];
  /** @type {Answer} */
  let answer = { status: 404, html: messagePage('This page does not exist', 'Begin at the start page.') };
  try {
    if (route) answer = await route({ query, session, sessionId });
  } catch (error) {
    console.error(error);
    answer = { status: 500, html: messagePage('Something went wrong', 'The terminal says what.') };
  }
  const { status, html, location, cookie } = answer;
  res.writeHead(status, {
    'Cache-Control': 'no-store',
    'Content-Security-Policy':
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
    ...(html && { 'Content-Type': 'text/html; charset=utf-8' }),
    ...(location && { Location: location }),
    ...(cookie && { 'Set-Cookie': cookie }),
  });
  res.end(html);
});

server.on('error', (error) =>
  fail(`Cannot listen on port ${PORT}: ${error.message}. Set PORT to another one.`),
);
server.listen(Number(PORT), 'localhost', () => {
  console.log(`The example is ready: ${ORIGIN}/\n  Provider      ${ISSUER}\n  Redirect URI  ${REDIRECT_URI}`);
});

function fail(message) {
  console.error(message);
  process.exit(1);
}
