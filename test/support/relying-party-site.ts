import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { freePort } from './server.js';

/** The site of a relying party: it answers every address, so that a browser can arrive there. */
export interface RelyingPartySite {
  readonly origin: string;
  readonly callback: string;
  readonly signedOut: string;
  close(): Promise<void>;
}

/**
 * Starts a site at an origin of its own.
 * @param files what it serves besides, by path
 */
export async function startRelyingPartySite(
  files: Readonly<Record<string, { readonly type: string; readonly body: string }>> = {},
): Promise<RelyingPartySite> {
  const port = await freePort();
  const server: Server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const file = files[pathname];
    response.writeHead(200, { 'content-type': file?.type ?? 'text/html; charset=utf-8' });
    response.end(
      file?.body ?? '<!doctype html><html lang="en"><title>The app</title><h1>The app</h1></html>',
    );
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://localhost:${port}`;
  return {
    origin,
    callback: `${origin}/callback`,
    signedOut: `${origin}/signed-out`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
