import { randomBytes } from 'node:crypto';
import * as jose from 'jose';
import {
  basic,
  json,
  postForm,
  send,
  type HttpAnswer,
  type HttpRequest,
} from '../support/relying-party-requests.js';
import { formOf, UserAgent, unescapeHtml, type Arrival } from '../support/relying-party-user-agent.js';
import type { TestClient } from '../support/server-fixture.js';
import { endpoint, type OpenIdProvider } from './openid-provider.js';

type Parameters = Readonly<Record<string, string>>;

/** What came back to the relying party, or the page at which the person was left. */
export interface AuthorizationResponse {
  /** `query`, `fragment`, `form_post`, or a page of the provider. */
  readonly mode: 'query' | 'fragment' | 'form_post' | 'page';
  readonly parameters: URLSearchParams;
  /** The page, when the person was left there. */
  readonly page: HttpAnswer | undefined;
  /** Whether the person was asked to sign in on the way. */
  readonly askedToSignIn: boolean;
  readonly state: string;
  readonly nonce: string;
}

/** What the token endpoint gave. */
export interface TokenResponse {
  readonly answer: HttpAnswer;
  readonly body: Readonly<Record<string, unknown>>;
  readonly accessToken: string;
  readonly idToken: string;
  readonly refreshToken: string;
}

/** A relying party that is the tests' own: nothing is added to its requests that a test does not ask for. */
export class RelyingParty {
  readonly op: OpenIdProvider;
  readonly client: TestClient;
  readonly responseMode: string;
  readonly #keys: ReturnType<typeof jose.createRemoteJWKSet>;

  /**
   * @param op the provider
   * @param client with a secret
   * @param responseMode that every request asks for; empty: none
   */
  constructor(op: OpenIdProvider, client: TestClient, responseMode = '') {
    this.op = op;
    this.client = client;
    this.responseMode = responseMode;
    this.#keys = jose.createRemoteJWKSet(new URL(endpoint(op, 'jwks_uri')));
  }

  /** A browser of somebody who has not signed in. */
  browser(): UserAgent {
    return new UserAgent(this.op.issuer);
  }

  /** The parameters of a request; an empty one is left out. */
  parameters(extra: Parameters = {}): Readonly<Record<string, string>> {
    const parameters = {
      client_id: this.client.clientId,
      redirect_uri: this.client.redirectUri,
      response_type: 'code',
      scope: 'openid',
      state: randomBytes(9).toString('base64url'),
      nonce: randomBytes(9).toString('base64url'),
      response_mode: this.responseMode,
      ...extra,
    };
    return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== ''));
  }

  /** Sends the browser to the authorization endpoint, and signs the person in where that is asked for. */
  async authorize(agent: UserAgent, extra: Parameters = {}): Promise<AuthorizationResponse> {
    const parameters = this.parameters(extra);
    const query = new URLSearchParams(parameters).toString();
    const arrival = await agent.open(`${endpoint(this.op, 'authorization_endpoint')}?${query}`);
    return this.arrived(agent, arrival, parameters);
  }

  /** Signs the person in and allows the app where that is asked for, and reads what came back. */
  async arrived(
    agent: UserAgent,
    first: Arrival,
    parameters: Readonly<Record<string, string>>,
  ): Promise<AuthorizationResponse> {
    const { user } = this.op;
    const askedToSignIn = /name="password"/.test(first.page?.text ?? '');
    let arrival = first;
    if (askedToSignIn && first.page) {
      const credentials = { username: user.email, password: user.password };
      arrival = await agent.submit(formOf(first.page, '/login'), credentials);
    }
    if (arrival.page?.text.includes('name="decision"')) {
      arrival = await agent.submit(formOf(arrival.page, '/consent'), { decision: 'allow' });
    }
    const sent = { askedToSignIn, state: parameters['state'] ?? '', nonce: parameters['nonce'] ?? '' };
    const { page, url } = arrival;
    if (!page) {
      const mode = url.hash === '' ? 'query' : 'fragment';
      const text = mode === 'query' ? url.search : url.hash;
      return { mode, parameters: new URLSearchParams(text.slice(1)), page, ...sent };
    }
    const posted = this.#postedForm(page);
    return {
      mode: posted ? 'form_post' : 'page',
      parameters: posted ?? new URLSearchParams(),
      page,
      ...sent,
    };
  }

  /** The form by which the browser would post the response on. @see OAuth 2.0 Form Post Response Mode §2 */
  #postedForm(page: HttpAnswer): URLSearchParams | undefined {
    const action = unescapeHtml(/<form method="post" action="([^"]*)"/.exec(page.text)?.[1] ?? '');
    if (action !== this.client.redirectUri) return undefined;
    const fields = page.text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g);
    return new URLSearchParams(
      [...fields].map(([, name = '', value = '']): [string, string] => [
        unescapeHtml(name),
        unescapeHtml(value),
      ]),
    );
  }

  /** Redeems the code of a response. @see OpenID Connect Core 1.0 §3.1.3.1 */
  redeem({ parameters }: AuthorizationResponse, extra: Parameters = {}): Promise<TokenResponse> {
    return this.token({
      grant_type: 'authorization_code',
      code: parameters.get('code') ?? '',
      redirect_uri: this.client.redirectUri,
      ...extra,
    });
  }

  /** Asks the token endpoint. */
  async token(
    body: Parameters,
    options: HttpRequest = { headers: basic(this.client) },
  ): Promise<TokenResponse> {
    const answer = await postForm(endpoint(this.op, 'token_endpoint'), body, options);
    const content = json(answer);
    const text = (name: string): string => (typeof content[name] === 'string' ? content[name] : '');
    return {
      answer,
      body: content,
      accessToken: text('access_token'),
      idToken: text('id_token'),
      refreshToken: text('refresh_token'),
    };
  }

  /** Signs in anew and redeems the code. */
  async signIn(agent = this.browser(), extra: Parameters = {}) {
    const response = await this.authorize(agent, extra);
    const tokens = await this.redeem(response);
    return { response, tokens, claims: await this.verify(tokens.idToken, response.nonce) };
  }

  /** Verifies an ID token as a relying party has to. @see OpenID Connect Core 1.0 §3.1.3.7 */
  async verify(idToken: string, nonce?: string): Promise<jose.JWTPayload> {
    const { payload } = await jose.jwtVerify(idToken, this.#keys, {
      issuer: this.op.issuer,
      audience: this.client.clientId,
      requiredClaims: ['sub', 'exp', 'iat'],
    });
    if (nonce !== undefined && nonce !== '') expect(payload['nonce']).toBe(nonce);
    return payload;
  }

  /** Verifies a logout token. @see OpenID Connect Back-Channel Logout 1.0 §2.6 */
  async verifyLogoutToken(logoutToken: string): Promise<jose.JWTPayload> {
    const { payload } = await jose.jwtVerify(logoutToken, this.#keys, {
      issuer: this.op.issuer,
      audience: this.client.clientId,
      requiredClaims: ['iat', 'exp', 'jti', 'events'],
    });
    return payload;
  }

  /** Asks for the claims of the person. */
  async userinfo(accessToken: string): Promise<Readonly<Record<string, unknown>>> {
    const headers = { authorization: `Bearer ${accessToken}`, accept: 'application/json' };
    const answer = await send(endpoint(this.op, 'userinfo_endpoint'), { headers });
    expect(answer.status).toBe(200);
    return json(answer);
  }
}

/** A request object that nobody signed. @see RFC 9101 §2.1 */
export function unsignedRequest(claims: Parameters): string {
  return new jose.UnsecuredJWT({ ...claims }).encode();
}
