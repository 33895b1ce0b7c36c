import { createHash, randomBytes } from 'node:crypto';
import { Agent, request, type IncomingHttpHeaders } from 'node:http';
import type { TestClient } from './server-fixture.js';

/** What a server answered, exactly. */
export interface HttpAnswer {
  readonly url: string;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface HttpRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The process to ask, where it listens elsewhere than the URL says: `Host` stays that of the URL. */
  readonly via?: string | undefined;
}

const connections = new Agent({ keepAlive: true, maxSockets: 200 });

/** Sends one request as it is, and follows nothing. */
export function send(url: string, options: HttpRequest = {}): Promise<HttpAnswer> {
  const target = new URL(url);
  const address = new URL(options.via ?? url);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        agent: connections,
        hostname: address.hostname,
        port: address.port,
        path: target.pathname + target.search,
        method: options.method ?? 'GET',
        headers: { host: target.host, accept: 'text/html', ...options.headers },
      },
      (incoming) => {
        let text = '';
        incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        incoming.on('error', reject).on('end', () => {
          resolve({ url, status: incoming.statusCode ?? 0, headers: incoming.headers, text });
        });
      },
    );
    outgoing.on('error', reject).end(options.body);
  });
}

/** Ends the connections that `send` keeps, so that servers need not wait for them. */
export function closeConnections(): void {
  connections.destroy();
}

export type Parameters = Readonly<Record<string, string>> | URLSearchParams | string;

/** Posts a form to one of the protocol's endpoints as a client does. */
export function postForm(
  url: string,
  parameters: Parameters,
  options: HttpRequest = {},
): Promise<HttpAnswer> {
  const body = typeof parameters === 'string' ? parameters : new URLSearchParams(parameters).toString();
  return send(url, {
    ...options,
    method: 'POST',
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      ...options.headers,
    },
    body,
  });
}

/** The header by which a client says who it is. @see RFC 6749 §2.3.1 */
export function basic({ clientId, clientSecret }: TestClient): { readonly authorization: string } {
  const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** What a token endpoint gives. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly idToken: string;
}

/** Reads a JSON answer. */
export function json(answer: HttpAnswer): Readonly<Record<string, unknown>> {
  return JSON.parse(answer.text) as Readonly<Record<string, unknown>>;
}

/** The tokens of an answer; one that is not there is empty. @throws {Error} when it is a refusal */
export function tokensOf(answer: HttpAnswer): Tokens {
  if (answer.status !== 200) throw new Error(`No tokens, but ${answer.status}: ${answer.text}`);
  const body = json(answer);
  const text = (name: string): string => (typeof body[name] === 'string' ? body[name] : '');
  return {
    accessToken: text('access_token'),
    refreshToken: text('refresh_token'),
    idToken: text('id_token'),
  };
}

/** A request for authorization, with what is needed to redeem its code. */
export interface AuthorizationRequest {
  readonly url: string;
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** @param extra parameters to add or to replace; an empty one is left out */
export function authorizationRequest(
  issuer: string,
  client: TestClient,
  extra: Readonly<Record<string, string>> = {},
): AuthorizationRequest {
  const codeVerifier = randomBytes(32).toString('base64url');
  const state = randomBytes(9).toString('base64url');
  const nonce = randomBytes(9).toString('base64url');
  const parameters = {
    client_id: client.clientId,
    response_type: 'code',
    redirect_uri: client.redirectUri,
    scope: 'openid',
    state,
    nonce,
    code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...extra,
  };
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== ''));
  return { url: `${issuer}/authorize?${query.toString()}`, state, nonce, codeVerifier };
}

/** Redeems a code. @see RFC 6749 §4.1.3 */
export function redeemCode(
  issuer: string,
  client: TestClient,
  input: { readonly code: string; readonly codeVerifier: string },
  options: HttpRequest = {},
): Promise<HttpAnswer> {
  return postForm(
    `${issuer}/token`,
    {
      grant_type: 'authorization_code',
      code: input.code,
      code_verifier: input.codeVerifier,
      redirect_uri: client.redirectUri,
    },
    { ...options, headers: { ...basic(client), ...options.headers } },
  );
}

/** Uses a refresh token. @see RFC 6749 §6 */
export function refresh(
  issuer: string,
  client: TestClient,
  refreshToken: string,
  options: HttpRequest = {},
): Promise<HttpAnswer> {
  return postForm(
    `${issuer}/token`,
    { grant_type: 'refresh_token', refresh_token: refreshToken },
    { ...options, headers: { ...basic(client), ...options.headers } },
  );
}

/** Asks for the claims about the end user. @see OpenID Connect Core 1.0 §5.3 */
export function userinfo(
  issuer: string,
  accessToken: string,
  options: HttpRequest = {},
): Promise<HttpAnswer> {
  return send(`${issuer}/userinfo`, {
    ...options,
    headers: { accept: 'application/json', authorization: `Bearer ${accessToken}` },
  });
}
