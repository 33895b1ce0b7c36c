import {
  authorizationRequest,
  closeConnections,
  json,
  redeemCode,
  tokensOf,
  userinfo,
} from '../support/relying-party-requests.js';
import { UserAgent } from '../support/relying-party-user-agent.js';
import { openFixture, type Fixture, type TestClient, type TestUser } from '../support/server-fixture.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let fixture: Fixture;
let client: TestClient;
let user: TestUser;
let agent: UserAgent;

beforeAll(async () => {
  server = await startServer();
  fixture = await openFixture(server);
  client = await fixture.client({ scopes: ['openid', 'profile', 'email', 'address', 'phone'] });
  user = await fixture.user({
    email: 'ada@example.test',
    username: 'ada',
    profile: {
      givenName: 'Ada',
      familyName: 'Lovelace',
      nickname: 'Countess',
      birthdate: '1815-12-10',
      zoneinfo: 'Europe/London',
      locale: 'en-GB',
      website: 'https://ada.example.test/',
      phoneNumber: '+442079460000',
      address: { locality: 'London', country: 'GB' },
    },
  });
  agent = new UserAgent(server.issuer);
  await agent.signIn(authorizationRequest(server.issuer, client).url, user);
});

afterAll(async () => {
  closeConnections();
  await fixture.close();
  await server.stop();
});

/** What an app learns in both places when it asks so. */
async function claimsFor(parameters: Readonly<Record<string, string>>) {
  const request = authorizationRequest(server.issuer, client, parameters);
  const code = await agent.codeOf(request.url, user);
  const tokens = tokensOf(
    await redeemCode(server.issuer, client, { code, codeVerifier: request.codeVerifier }),
  );
  const [, payload = ''] = tokens.idToken.split('.');
  return {
    idToken: JSON.parse(Buffer.from(payload, 'base64url').toString()) as Readonly<Record<string, unknown>>,
    userinfo: json(await userinfo(server.issuer, tokens.accessToken)),
  };
}

const PROFILE = {
  name: 'Ada Lovelace',
  given_name: 'Ada',
  family_name: 'Lovelace',
  nickname: 'Countess',
  preferred_username: 'ada',
  birthdate: '1815-12-10',
  zoneinfo: 'Europe/London',
  locale: 'en-GB',
  website: 'https://ada.example.test/',
  updated_at: expect.any(Number) as number,
};
const EMAIL = { email: 'ada@example.test', email_verified: true };

describe('userinfo', () => {
  it.each([
    { scope: 'openid', claims: {} },
    { scope: 'openid profile', claims: PROFILE },
    { scope: 'openid email', claims: EMAIL },
    { scope: 'openid address', claims: { address: { locality: 'London', country: 'GB' } } },
    {
      scope: 'openid phone',
      claims: { phone_number: '+442079460000', phone_number_verified: false },
    },
    { scope: 'openid profile email', claims: { ...PROFILE, ...EMAIL } },
  ])(
    'yields for the scope "$scope" these claims and no others (OIDC Core §5.4)',
    async ({ scope, claims }) => {
      const { userinfo: yielded } = await claimsFor({ scope });
      expect(yielded).toEqual({ sub: user.id, ...claims });
    },
  );
});

describe('the claims parameter', () => {
  it('yields single claims at userinfo and in the ID token (OIDC Core §5.5)', async () => {
    const answer = await claimsFor({
      claims: JSON.stringify({
        userinfo: { nickname: null, phone_number: { essential: true } },
        id_token: { email: null, auth_time: { essential: true } },
      }),
    });
    expect(answer.userinfo).toEqual({ sub: user.id, nickname: 'Countess', phone_number: '+442079460000' });
    expect(answer.idToken).toMatchObject({
      sub: user.id,
      email: 'ada@example.test',
      auth_time: expect.any(Number) as number,
    });
    expect(answer.idToken).not.toHaveProperty('nickname');
  });

  it('refuses another subject than the one that is signed in (OIDC Core §5.5.1)', async () => {
    const claims = JSON.stringify({ id_token: { sub: { value: '01890000-0000-7000-8000-000000000000' } } });
    const { url } = await agent.open(
      authorizationRequest(server.issuer, client, { claims, prompt: 'none' }).url,
    );
    expect(url.searchParams.get('error')).toBe('login_required');
  });
});

describe('the ID token', () => {
  it('carries no claims about the person of its own accord (OIDC Core §5.4)', async () => {
    const { idToken } = await claimsFor({ scope: 'openid profile email address phone' });
    expect(Object.keys(idToken).sort()).toEqual([
      ...['acr', 'amr', 'aud', 'auth_time', 'exp', 'iat', 'iss', 'nonce', 'sub'],
    ]);
  });
});
