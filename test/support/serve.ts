import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { configurationFile } from './configuration-file.js';
import { closeConnections } from './relying-party-requests.js';
import { openFixture, type Fixture } from './server-fixture.js';
import { startServer, type ServerOptions, type TestServer } from './server.js';

const served: (readonly [TestServer, Fixture])[] = [];
const keyServers: Server[] = [];

afterAll(async () => {
  closeConnections();
  await Promise.all(
    served.map(async ([server, fixture]) => {
      await fixture.close();
      await server.stop();
    }),
  );
  for (const server of keyServers) server.close();
});

/** Starts a server with its fixture. Both end with the tests of the file. @param options.configuration YAML */
export async function serve({
  configuration,
  env = {},
  ...options
}: ServerOptions & { readonly configuration?: string } = {}): Promise<readonly [TestServer, Fixture]> {
  const file = configuration === undefined ? {} : { CONFIG: configurationFile(configuration) };
  const server = await startServer({ ...options, env: { ...file, ...env } });
  const pair = [server, await openFixture(server)] as const;
  served.push(pair);
  return pair;
}

/** Serves a JWK set at `/jwks`, and errors elsewhere, until the tests of the file end. @returns its origin */
export async function serveKeys(keys: readonly object[]): Promise<string> {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.writeHead(request.url === '/jwks' ? 200 : 500).end(JSON.stringify({ keys }));
  });
  keyServers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
