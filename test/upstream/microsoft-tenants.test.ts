import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import * as openid from 'openid-client';
import type { IdentityProvider } from '../../src/domain/upstream/identity-provider.js';
import { createLogoutTokenReader } from '../../src/upstream/logout-token-reader.js';
import { createOpenidUpstream } from '../../src/upstream/openid-upstream.js';
import type { ProviderConnection } from '../../src/upstream/provider-connections.js';
import { createFakeClock } from '../support/fake-clock.js';
import { readFileText } from '../config/sources.js';

// Microsoft Entra answers for all tenants with one document, whose issuer has a place for the tenant.
const ORIGIN = 'https://login.microsoftonline.com';
const TENANT = '9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d';
const OTHER = '1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed';
const issuerOf = (tenant: string): string => `${ORIGIN}/${tenant}/v2.0`;
const { publicKey, privateKey } = await generateKeyPair('RS256');
const jwk = { ...(await exportJWK(publicKey)), kid: 'one', use: 'sig', alg: 'RS256' };
const clock = createFakeClock(new Date());
const uri = 'https://id.example/upstream/microsoft/callback?code=a&state=s';

let provider: IdentityProvider;
let connection: ProviderConnection;
let idToken = '';

beforeAll(async () => {
  const content = { id: 'microsoft', preset: 'microsoft', client_id: 'latchkey', client_secret: 'x' };
  const [first] = readFileText(JSON.stringify({ identity_providers: [content] })).identityProviders;
  if (!first) throw new Error('There is no provider.');
  provider = first;
  const answers: Readonly<Record<string, () => object>> = {
    '/common/v2.0/.well-known/openid-configuration': () => ({
      issuer: issuerOf('{tenantid}'),
      authorization_endpoint: `${ORIGIN}/common/oauth2/v2.0/authorize`,
      token_endpoint: `${ORIGIN}/common/oauth2/v2.0/token`,
      jwks_uri: `${ORIGIN}/common/discovery/v2.0/keys`,
    }),
    '/common/discovery/v2.0/keys': () => ({ keys: [jwk] }),
    '/common/oauth2/v2.0/token': () => ({ access_token: 'a', token_type: 'Bearer', id_token: idToken }),
  };
  const fetch = (url: string): Promise<Response> =>
    Promise.resolve(Response.json(answers[new URL(url).pathname]?.() ?? {}));
  const configuration = await openid.discovery(new URL(provider.issuer), 'latchkey', 'x', undefined, {
    [openid.customFetch]: fetch,
    execute: [openid.enableNonRepudiationChecks],
  });
  connection = { configuration, fetch, keys: createLocalJWKSet({ keys: [jwk] }) };
});

const connections = (): Promise<ProviderConnection> => Promise.resolve(connection);

/** A token as this tenant issues it. @param claims over the usual ones; undefined takes one away */
function tokenOf(tenant: string, claims: JWTPayload = {}): Promise<string> {
  const now = clock.epochSeconds();
  const usual = { iss: issuerOf(tenant), tid: tenant, aud: 'latchkey', iat: now, exp: now + 300 };
  return new SignJWT({ ...usual, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: 'one' })
    .sign(privateKey);
}

describe('a provider with many tenants', () => {
  it('vouches for people in the name of their tenant', async () => {
    const upstream = createOpenidUpstream({ connections, clock });
    const finish = async (claims: JWTPayload) => {
      idToken = await tokenOf(TENANT, { sub: 'jo', nonce: 'n', ...claims });
      return upstream.finish(provider, {
        uri,
        state: 's',
        checks: { codeVerifier: 'v'.repeat(43), nonce: 'n' },
      });
    };
    await expect(finish({})).resolves.toMatchObject({ issuer: issuerOf(TENANT), subject: 'jo' });
    await expect(finish({ tid: OTHER })).rejects.toMatchObject({ fault: 'invalid_answer' });
  });

  it('tells of logouts in the name of the tenant (Back-Channel Logout 1.0 §2.6)', async () => {
    const read = createLogoutTokenReader({ connections, clock, clockToleranceSeconds: 10 });
    const readToken = async (claims: JWTPayload) => {
      const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
      return read(provider, await tokenOf(TENANT, { sub: 'jo', sid: 'a', jti: 'j', events, ...claims }));
    };
    await expect(readToken({})).resolves.toMatchObject({
      issuer: issuerOf(TENANT),
      subject: 'jo',
      sid: 'a',
    });
    const flaws: readonly JWTPayload[] = [
      { tid: OTHER },
      { tid: undefined },
      { tid: 7 },
      { iss: issuerOf(OTHER) },
      { iss: issuerOf('{tenantid}') },
      { iss: issuerOf('{tenantid}'), tid: '{tenantid}' },
      { iss: issuerOf('a/b'), tid: 'a/b' },
      { iss: issuerOf('$&'), tid: '$&' },
      { iss: `https://evil.example/${TENANT}/v2.0` },
    ];
    for (const flaw of flaws) {
      await expect(readToken(flaw)).rejects.toMatchObject({ fault: 'invalid_answer' });
    }
  });
});
