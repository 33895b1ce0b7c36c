// The bare protocol library, with the settings of ours that cost time: what there is to reach. Its storage is in memory,
// or, with DATABASE_URL, the plain adapter. Prints its address and its client.
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import knex from 'knex';
import Provider, { type Configuration } from 'oidc-provider';
import { createPlainAdapter } from './plain-adapter.js';
import { REDIRECT_URI, RESOURCE } from './visitor.js';

const secret = 'a secret of the bench, long enough';
const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
const databaseUrl = process.env['DATABASE_URL'];

const configuration: Configuration = {
  ...(databaseUrl === undefined
    ? {}
    : {
        adapter: await createPlainAdapter(
          knex({ client: 'pg', connection: databaseUrl, pool: { min: 0, max: 10 } }),
        ),
      }),
  clients: [
    {
      client_id: 'bench',
      client_secret: secret,
      redirect_uris: [REDIRECT_URI],
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      token_endpoint_auth_method: 'client_secret_post',
      id_token_signed_response_alg: 'ES256',
    },
  ],
  cookies: { keys: ['bench'] },
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    introspection: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: () => ({
        scope: 'orders:read',
        accessTokenFormat: 'jwt',
        accessTokenTTL: 300,
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
  findAccount: (_ctx, sub) => ({
    accountId: sub,
    claims: () => ({ sub, email: sub, email_verified: true }),
  }),
  claims: { openid: ['sub'], email: ['email', 'email_verified'] },
  enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
  interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
  issueRefreshToken: () => true,
  jwks: { keys: [{ ...key, kty: 'EC', alg: 'ES256', use: 'sig' }] },
  rotateRefreshToken: true,
  routes: {
    authorization: '/authorize',
    token: '/token',
    introspection: '/introspect',
    userinfo: '/userinfo',
  },
  scopes: ['openid', 'email'],
  ttl: {
    AccessToken: 3600,
    AuthorizationCode: 60,
    ClientCredentials: 3600,
    Grant: 86_400,
    IdToken: 3600,
    Interaction: 600,
    RefreshToken: 86_400,
    Session: 86_400,
  },
};

const server = createServer({ keepAliveTimeout: 65_000 });
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no address');
  const issuer = `http://127.0.0.1:${address.port}`;
  const provider = new Provider(issuer, configuration);
  const answer = provider.callback();
  server.on('request', (req: IncomingMessage, res: ServerResponse) => {
    if (req.url?.startsWith('/interaction/')) void interact(provider, req, res);
    else void answer(req, res);
  });
  console.log(JSON.stringify({ issuer, clientId: 'bench', clientSecret: secret }));
});
process.once('SIGTERM', () => process.exit(0));

/** As many steps as a person takes, with the least of a page and nothing checked. */
async function interact(provider: Provider, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { prompt, params, session } = await provider.interactionDetails(req, res);
  if (req.method !== 'POST') {
    res.end(`<form method="post">${prompt.name === 'consent' ? '<button name="decision">' : ''}</form>`);
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  const form = new URLSearchParams(Buffer.concat(chunks).toString());
  if (prompt.name === 'login') {
    await provider.interactionFinished(req, res, { login: { accountId: form.get('username') ?? '' } });
    return;
  }
  const grant = new provider.Grant({
    accountId: session?.accountId ?? '',
    clientId: String(params['client_id']),
  });
  grant.addOIDCScope('openid email');
  grant.addResourceScope(RESOURCE, 'orders:read');
  await provider.interactionFinished(
    req,
    res,
    { consent: { grantId: await grant.save() } },
    { mergeWithLastSubmission: true },
  );
}
