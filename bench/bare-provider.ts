// The bare protocol library with its in-memory storage and the settings of ours that cost time: what there is to reach.
// Prints its port, and answers POST /mint with tokens that a sign-in would have given.
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import Provider, { type Configuration } from 'oidc-provider';

const secret = 'a secret of the bench, long enough';
const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
const configuration: Configuration = {
  clients: [
    {
      client_id: 'bench',
      client_secret: secret,
      redirect_uris: ['https://app.example/cb'],
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      token_endpoint_auth_method: 'client_secret_post',
    },
  ],
  cookies: { keys: ['bench'] },
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    introspection: { enabled: true },
  },
  findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub, email: 'ada@example.com' }) }),
  claims: { openid: ['sub'], email: ['email'] },
  issueRefreshToken: () => true,
  jwks: { keys: [{ ...key, kty: 'RSA', alg: 'RS256', use: 'sig' }] },
  rotateRefreshToken: true,
  routes: { token: '/token', introspection: '/introspect', userinfo: '/userinfo' },
  ttl: { AccessToken: 3600, Grant: 86_400, RefreshToken: 86_400, ClientCredentials: 3600 },
};

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no address');
  const provider = new Provider(`http://127.0.0.1:${address.port}`, configuration);
  const answer = provider.callback();
  server.on('request', (req: IncomingMessage, res: ServerResponse) => {
    if (req.url === '/mint') void mint(provider).then((tokens) => res.end(JSON.stringify(tokens)));
    else void answer(req, res);
  });
  console.log(JSON.stringify({ port: address.port, clientId: 'bench', clientSecret: secret }));
});

async function mint(provider: Provider) {
  const client = await provider.Client.find('bench');
  if (!client) throw new Error('no client');
  const grant = new provider.Grant({ accountId: 'ada', clientId: 'bench' });
  grant.addOIDCScope('openid email');
  const grantId = await grant.save();
  const shared = { accountId: 'ada', client, grantId, gty: 'authorization_code', scope: 'openid email' };
  const accessToken = await new provider.AccessToken(shared).save();
  const refreshToken = await new provider.RefreshToken({ ...shared, rotations: 0 }).save();
  return { accessToken, refreshToken };
}

process.once('SIGTERM', () => process.exit(0));
