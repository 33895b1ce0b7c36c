import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Settings } from './server-process.js';
import { freePort, startServer, type TestServer } from './server.js';

/** A server with a configuration file of its own. */
export interface ConfiguredServer {
  readonly server: TestServer;
  stop(): Promise<void>;
}

/**
 * Starts a server with this configuration.
 * @param makeConfig of the issuer that it will have
 */
export async function startConfiguredServer(
  makeConfig: (issuer: string) => unknown,
  env: Settings = {},
): Promise<ConfiguredServer> {
  const port = env['PORT'] === undefined ? await freePort() : Number(env['PORT']);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'latchkey-test-'));
  const file = path.join(folder, 'latchkey.json');
  await writeFile(file, JSON.stringify(makeConfig(`http://localhost:${port}`)));
  const server = await startServer({ port, env: { ...env, CONFIG: file } });
  return {
    server,
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}
