import { createAccount } from '../../../src/domain/accounts/create-account.js';
import { registerClient } from '../../../src/domain/clients/register-client.js';
import {
  authorizationRequest,
  basic,
  json,
  postForm,
  redeemCode,
  refresh,
  send,
  tokensOf,
} from '../../support/relying-party-requests.js';
import { UserAgent } from '../../support/relying-party-user-agent.js';
import { PASSWORD, REDIRECT_URI, type TestClient } from '../../support/server-fixture.js';
import { startApiServer, type ApiServer } from './api-server.js';

const INVOICES = 'https://invoices.example.test';
const CONFIG = `
scopes:
  - { name: 'invoices:read', description: See invoices }
resources:
  - { identifier: ${INVOICES}, scopes: [invoices:read] }
`;

let api: ApiServer;
/** Of a security tool, which may do this alone. */
let token: string;
/** Knows people by pairwise subjects. */
let app: TestClient;

beforeAll(async () => {
  api = await startApiServer(CONFIG);
  token = await api.serviceToken('sessions:write');
  const { client, secret = '' } = await registerClient(
    { ...api.application, declaredClientIds: new Set() },
    {
      name: 'App',
      type: 'web',
      redirectUris: [REDIRECT_URI],
      firstParty: true,
      scopes: ['openid', 'offline_access', 'invoices:read'],
      resources: [INVOICES],
      metadata: { subject_type: 'pairwise' },
    },
  );
  app = { clientId: client.clientId, clientSecret: secret, redirectUri: REDIRECT_URI };
}, 60_000);
afterAll(() => api.stop());

let count = 0;
/** Signs somebody new in. */
async function signIn(more: Readonly<Record<string, string>> = {}) {
  count += 1;
  const email = `Named.${count}@example.test`;
  const { id } = await createAccount(api.application, { email, emailVerified: true, password: PASSWORD });
  const user = { id, email, password: PASSWORD };
  const scope = 'openid offline_access';
  const request = authorizationRequest(api.issuer, app, { scope, prompt: 'consent', ...more });
  const agent = new UserAgent(api.issuer);
  const code = await agent.codeOf(request.url, user);
  const { codeVerifier } = request;
  return { ...user, agent, ...tokensOf(await redeemCode(api.issuer, app, { code, codeVerifier })) };
}

const revoke = (subject: unknown, as = token) =>
  api.call('POST', '/global-token-revocation', { token: as, body: { sub_id: subject } });
const claimsOf = (jwt: string) =>
  JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

describe('POST /global-token-revocation (draft-parecki-oauth-global-token-revocation-06)', () => {
  it('is where discovery says, for the tokens that it says (§6)', async () => {
    const metadata = json(await send(`${api.issuer}/.well-known/openid-configuration`));
    expect(metadata).toMatchObject({
      global_token_revocation_endpoint: `${api.issuer}/api/v1/global-token-revocation`,
      global_token_revocation_endpoint_auth_methods_supported: ['Bearer', 'DPoP'],
    });
  });

  it.each<[string, (person: Awaited<ReturnType<typeof signIn>>) => object]>([
    ['the id', ({ id }) => ({ format: 'opaque', id })],
    ['the email address', ({ email }) => ({ format: 'email', email: email.toLowerCase() })],
    ['the public subject', ({ id }) => ({ format: 'iss_sub', iss: api.issuer, sub: id })],
    [
      'a pairwise subject',
      ({ idToken }) => ({ format: 'iss_sub', iss: api.issuer, sub: claimsOf(idToken)['sub'] }),
    ],
  ])('ends refresh tokens and sessions of the person with %s (§3.2, §3.3)', async (_how, subjectOf) => {
    const [person, other] = [await signIn(), await signIn()];
    expect(await revoke(subjectOf(person))).toMatchObject({ status: 204, text: '' });
    expect((await refresh(api.issuer, app, person.refreshToken)).status).toBe(400);
    const again = await person.agent.open(`${authorizationRequest(api.issuer, app).url}&prompt=none`);
    expect(again.url.searchParams.get('error')).toBe('login_required');
    expect((await refresh(api.issuer, app, other.refreshToken)).status).toBe(200);
  });

  it('never calls a JWT access token active, and tells the audit log who asked (§4)', async () => {
    const person = await signIn({ scope: 'openid offline_access invoices:read', resource: INVOICES });
    expect(claimsOf(person.accessToken)).toMatchObject({ aud: INVOICES });
    await revoke({ format: 'opaque', id: person.id });
    const introspected = await postForm(
      `${api.issuer}/introspect`,
      { token: person.accessToken },
      { headers: basic(app) },
    );
    expect(json(introspected)).toMatchObject({ error: 'unsupported_token_type' });

    const events = (await api.call('GET', '/events?type=user.signed_out_everywhere&limit=1')).body['data'];
    expect(events).toMatchObject([
      {
        actor: { kind: 'client' },
        subject: { kind: 'user', id: person.id },
        type: expect.anything() as string,
      },
    ]);
  });

  it('answers 404 where there is nobody of that name', async () => {
    for (const subject of [
      { format: 'opaque', id: 'nobody' },
      { format: 'email', email: 'nobody@example.test' },
      { format: 'iss_sub', iss: 'https://elsewhere.example', sub: 'x' },
      { format: 'iss_sub', iss: api.issuer, sub: 'x'.repeat(43) },
    ]) {
      expect(await revoke(subject)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    }
  });

  it.each<[unknown, string]>([
    [{ format: 'phone_number', phone_number: '+12065550100' }, '/sub_id/format invalid_union'],
    [{ format: 'opaque' }, '/sub_id/id invalid_type'],
    [{ format: 'opaque', id: 'a', sub: 'b' }, '/sub_id/sub unknown_field'],
    [{ format: 'iss_sub', iss: '', sub: 'b' }, '/sub_id/iss too_small'],
  ])('answers 400 to %j (§3.4.2)', async (subject, fault) => {
    const { status, body } = await revoke(subject);
    const errors = body['errors'] as readonly { pointer: string; code: string }[];
    expect([status, body['code'], errors.map(({ pointer, code }) => `${pointer} ${code}`)]).toEqual([
      400,
      'invalid_subject_identifier',
      [fault],
    ]);
  });
});

describe('DELETE /clients/{id}/tokens', () => {
  it('ends all that the client holds, and leaves the person signed in', async () => {
    const person = await signIn();
    const elsewhere = await api.userToken('account');
    expect((await api.call('DELETE', `/clients/${app.clientId}/tokens`)).status).toBe(204);
    expect((await refresh(api.issuer, app, person.refreshToken)).status).toBe(400);
    expect((await api.call('GET', '/users/me', { token: elsewhere.token })).status).toBe(200);
    const again = await person.agent.open(`${authorizationRequest(api.issuer, app).url}&prompt=none`);
    expect(again.url.searchParams.has('code')).toBe(true);
    const events = (await api.call('GET', '/events?type=client.tokens_revoked&limit=1')).body['data'];
    expect(events).toMatchObject([{ subject: { kind: 'client', id: app.clientId } }]);
  });

  it('refuses a client that may do more than the caller, and one that is not there', async () => {
    const may = await api.serviceToken('clients:write sessions:write');
    const { client } = await registerClient(
      { ...api.application, declaredClientIds: new Set() },
      { name: 'Keeper', type: 'service', scopes: ['keys:write'], resources: [`${api.issuer}/api/v1`] },
    );
    const refused = await api.call('DELETE', `/clients/${client.clientId}/tokens`, { token: may });
    expect(refused).toMatchObject({ status: 403, body: { code: 'insufficient_rights' } });
    const unknown = await api.call('DELETE', '/clients/unknown/tokens', { token: may });
    expect(unknown).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });
});
