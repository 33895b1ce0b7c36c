import { createSign, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { freePort } from './server.js';

/** What the provider tells about whoever signs in. */
export type Claims = Readonly<Record<string, unknown>>;

/** How the next ID token differs from a good one. */
export interface IdTokenFlaws {
  /** Over the good claims; undefined takes one away. */
  readonly claims?: Claims;
  readonly header?: Claims;
  /** A key that the provider does not publish. */
  readonly foreignKey?: boolean;
  readonly unsigned?: boolean;
}

/** Another provider in this process, of OpenID Connect and of GitHub's kind, which does as it is told. */
export interface FakeIdentityProvider {
  readonly issuer: string;
  /** Answers an authorization request as the provider would: the address at which the browser comes back. */
  approve(authorizationUri: string, person: Claims, extra?: Readonly<Record<string, string>>): string;
  /** A logout token, signed by its own key. @see OpenID Connect Back-Channel Logout 1.0 §2.4 */
  logoutToken(claims: Claims, flaws?: IdTokenFlaws): string;
  /** Of the next code that is redeemed. */
  flaws: IdTokenFlaws;
  /** Answers instead of the endpoint, by its path. */
  readonly instead: Map<string, (response: ServerResponse) => void>;
  /** Addresses that the endpoint of GitHub's kind lists. */
  emails: unknown;
  /** Forms that came to the token endpoint. */
  readonly redeemed: URLSearchParams[];
  close(): Promise<void>;
}

interface Approval {
  readonly person: Claims;
  readonly nonce: string | undefined;
  readonly clientId: string;
}

/** Starts one at an origin of its own. */
export async function startFakeIdentityProvider(): Promise<FakeIdentityProvider> {
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const approvals = new Map<string, Approval>();
  const people = new Map<string, Claims>();

  const flawed = (
    good: Claims,
    { claims = {}, header = {}, foreignKey = false, unsigned = false }: IdTokenFlaws,
  ): string => {
    const now = Math.floor(Date.now() / 1000);
    return sign(
      { alg: unsigned ? 'none' : 'RS256', kid: 'one', ...header },
      { iss: issuer, iat: now, exp: now + 300, ...good, ...claims },
      unsigned ? undefined : foreignKey ? foreign.privateKey : keys.privateKey,
    );
  };
  const idToken = ({ person, nonce, clientId }: Approval): string => {
    const { flaws } = fake;
    fake.flaws = {};
    return flawed({ aud: clientId, nonce, ...person }, flaws);
  };

  const handlers: Readonly<
    Record<string, (request: IncomingMessage, response: ServerResponse) => Promise<void> | void>
  > = {
    '/.well-known/openid-configuration': (_request, response) => {
      answer(response, {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        end_session_endpoint: `${issuer}/logout`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256', 'none'],
        authorization_response_iss_parameter_supported: true,
      });
    },
    '/jwks': (_request, response) => {
      answer(response, {
        keys: [{ ...keys.publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }],
      });
    },
    '/token': async (request, response) => {
      const form = new URLSearchParams(Buffer.concat((await request.toArray()) as Buffer[]).toString());
      fake.redeemed.push(form);
      const code = form.get('code') ?? '';
      const approval = approvals.get(code);
      approvals.delete(code);
      if (!approval) {
        answer(response, { error: 'invalid_grant' }, 400);
        return;
      }
      const accessToken = randomBytes(16).toString('hex');
      people.set(accessToken, approval.person);
      answer(response, {
        access_token: accessToken,
        token_type: 'bearer',
        ...(approval.nonce === undefined ? {} : { id_token: idToken(approval) }),
      });
    },
    '/user': (request, response) => {
      const [, token = ''] = (request.headers.authorization ?? '').split(' ');
      answer(response, people.get(token) ?? {});
    },
    '/user/emails': (_request, response) => {
      answer(response, fake.emails);
    },
  };

  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', issuer);
    const instead = fake.instead.get(pathname);
    if (instead) {
      instead(response);
      return;
    }
    const handle = handlers[pathname];
    if (handle) void handle(request, response);
    else response.writeHead(404).end();
  });
  server.listen(port, 'localhost');
  await once(server, 'listening');

  const fake: FakeIdentityProvider = {
    issuer,
    flaws: {},
    instead: new Map(),
    emails: [],
    redeemed: [],
    logoutToken: (claims, flaws = {}) =>
      flawed(
        {
          aud: 'latchkey',
          jti: randomBytes(16).toString('hex'),
          events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
          ...claims,
        },
        flaws,
      ),
    approve(authorizationUri, person, extra = {}) {
      const asked = new URL(authorizationUri).searchParams;
      const code = randomBytes(16).toString('hex');
      approvals.set(code, {
        person,
        nonce: asked.get('nonce') ?? undefined,
        clientId: asked.get('client_id') ?? '',
      });
      const back = new URL(asked.get('redirect_uri') ?? '');
      const parameters = { code, state: asked.get('state') ?? '', iss: issuer, ...extra };
      for (const [name, value] of Object.entries(parameters))
        if (value !== '') back.searchParams.set(name, value);
      return back.href;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return fake;
}

function answer(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function sign(header: object, payload: object, key: KeyObject | undefined): string {
  const text = [header, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${text}.${key ? createSign('sha256').update(text).sign(key, 'base64url') : ''}`;
}
