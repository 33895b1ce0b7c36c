import { createHash, randomBytes } from 'node:crypto';
import * as jose from 'jose';
import { json, postForm, send, type HttpAnswer } from '../support/relying-party-requests.js';
import { codeIn, formOf, UserAgent } from '../support/relying-party-user-agent.js';
import type { TestClient } from '../support/server-fixture.js';
import { endpoint, type OpenIdProvider } from './openid-provider.js';

type Claims = Readonly<Record<string, unknown>>;
type Parameters = Readonly<Record<string, string>>;

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const NOW = (): number => Math.floor(Date.now() / 1000);
const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');
const random = (): string => randomBytes(32).toString('base64url');

interface Key {
  readonly privateKey: jose.CryptoKey;
  readonly jwk: jose.JWK;
}

/** Makes a key pair. */
export async function makeKey(alg = 'ES256'): Promise<Key> {
  const { privateKey, publicKey } = await jose.generateKeyPair(alg, { extractable: true });
  return { privateKey, jwk: await jose.exportJWK(publicKey) };
}

/** A request that is under way. */
export interface PushedRequest {
  readonly parameters: Parameters;
  readonly verifier: string;
  readonly answer: HttpAnswer;
  readonly requestUri: string;
}

/** A client of FAPI 2.0 with `private_key_jwt` and DPoP; every message of it can be made wrong. */
export class FapiClient {
  readonly op: OpenIdProvider;
  readonly client: TestClient;
  readonly key: Key;
  readonly rsaKey: Key;
  readonly dpopKey: Key;

  private constructor(
    op: OpenIdProvider,
    client: TestClient,
    keys: Pick<FapiClient, 'key' | 'rsaKey' | 'dpopKey'>,
  ) {
    this.op = op;
    this.client = client;
    this.key = keys.key;
    this.rsaKey = keys.rsaKey;
    this.dpopKey = keys.dpopKey;
  }

  static async register(op: OpenIdProvider): Promise<FapiClient> {
    const [key, rsaKey, dpopKey] = await Promise.all([makeKey(), makeKey('RS256'), makeKey()]);
    const keys = [
      { ...key.jwk, kid: 'es', alg: 'ES256', use: 'sig' },
      { ...rsaKey.jwk, kid: 'rs', alg: 'RS256', use: 'sig' },
    ];
    const client = await op.fixture.client({
      metadata: { profile: 'fapi2', jwks: { keys } as never },
      scopes: ['openid', 'email', 'offline_access'],
    });
    return new FapiClient(op, client, { key, rsaKey, dpopKey });
  }

  /** What proves who the client is. @see FAPI 2.0 Security Profile §5.3.2.1 */
  async assertion(claims: Claims = {}, alg: 'ES256' | 'RS256' = 'ES256'): Promise<Parameters> {
    const { clientId } = this.client;
    const now = NOW();
    const payload = {
      iss: clientId,
      sub: clientId,
      aud: this.op.issuer,
      jti: random(),
      iat: now,
      exp: now + 60,
    };
    const key = alg === 'ES256' ? this.key : this.rsaKey;
    const jwt = await new jose.SignJWT(withoutUndefined({ ...payload, ...claims }))
      .setProtectedHeader({ alg, kid: alg === 'ES256' ? 'es' : 'rs' })
      .sign(key.privateKey);
    return { client_assertion_type: ASSERTION_TYPE, client_assertion: jwt };
  }

  /** A proof that the client holds the key of its tokens. @see RFC 9449 §4.2 */
  async proof(
    method: string,
    url: string,
    options: { readonly claims?: Claims; readonly key?: Key; readonly accessToken?: string } = {},
  ): Promise<{ readonly dpop: string }> {
    const { claims = {}, key = this.dpopKey, accessToken } = options;
    const payload = {
      jti: random(),
      htm: method,
      htu: url,
      iat: NOW(),
      ...(accessToken === undefined ? {} : { ath: sha256(accessToken) }),
    };
    const dpop = await new jose.SignJWT(withoutUndefined({ ...payload, ...claims }))
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: key.jwk })
      .sign(key.privateKey);
    return { dpop };
  }

  /** Pushes an authorization request; an empty parameter is left out. @see RFC 9126 §2 */
  async push(extra: Parameters = {}, headers: Readonly<Record<string, string>> = {}): Promise<PushedRequest> {
    const verifier = random();
    const all = {
      response_type: 'code',
      client_id: this.client.clientId,
      redirect_uri: this.client.redirectUri,
      scope: 'openid email',
      state: random(),
      nonce: random(),
      code_challenge: sha256(verifier),
      code_challenge_method: 'S256',
      ...(await this.assertion()),
      ...extra,
    };
    const parameters = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
    const address = endpoint(this.op, 'pushed_authorization_request_endpoint');
    const answer = await postForm(address, parameters, { headers });
    const requestUri = json(answer)['request_uri'];
    return { parameters, verifier, answer, requestUri: typeof requestUri === 'string' ? requestUri : '' };
  }

  /** The address to which the browser is sent. @see RFC 9126 §4 */
  address(requestUri: string, extra: Parameters = {}): string {
    const query = new URLSearchParams({ client_id: this.client.clientId, request_uri: requestUri, ...extra });
    return `${endpoint(this.op, 'authorization_endpoint')}?${query.toString()}`;
  }

  /** Has the person sign in. @returns where the browser was sent in the end */
  callback(requestUri: string, extra: Parameters = {}): Promise<URL> {
    return new UserAgent(this.op.issuer).signIn(this.address(requestUri, extra), this.op.user);
  }

  /** Pushes, signs in. @returns the code and what is needed to redeem it */
  async code(extra: Parameters = {}, headers: Readonly<Record<string, string>> = {}) {
    const pushed = await this.push(extra, headers);
    return { code: codeIn(await this.callback(pushed.requestUri)), verifier: pushed.verifier };
  }

  /** Redeems a code; every part may be replaced, and an empty parameter is left out. */
  async redeem(
    { code, verifier }: { readonly code: string; readonly verifier: string },
    replaced: { readonly body?: Parameters; readonly headers?: Readonly<Record<string, string>> } = {},
  ): Promise<HttpAnswer> {
    const body = {
      grant_type: 'authorization_code',
      code,
      code_verifier: verifier,
      redirect_uri: this.client.redirectUri,
      ...(await this.assertion()),
      ...replaced.body,
    };
    const address = endpoint(this.op, 'token_endpoint');
    const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== ''));
    return postForm(address, given, { headers: replaced.headers ?? (await this.proof('POST', address)) });
  }

  /** Asks for the claims of the person with a token that is bound to a key. @see RFC 9449 §7 */
  async userinfo(accessToken: string, scheme = 'DPoP', key = this.dpopKey): Promise<HttpAnswer> {
    const address = endpoint(this.op, 'userinfo_endpoint');
    const headers = {
      authorization: `${scheme} ${accessToken}`,
      accept: 'application/json',
      ...(await this.proof('GET', address, { accessToken, key })),
    };
    return send(address, { headers });
  }

  /** The person cancels the sign-in. @returns where the browser was sent */
  async cancel(requestUri: string): Promise<URL> {
    const agent = new UserAgent(this.op.issuer);
    const { page } = await agent.open(this.address(requestUri));
    if (!page) throw new Error('Nobody was asked.');
    return (await agent.submit(formOf(page, '/abort'), {})).url;
  }
}

function withoutUndefined(claims: Claims): jose.JWTPayload {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
}
