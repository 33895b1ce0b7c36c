import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An application that waits for a logout token. */
export interface LogoutListener {
  readonly uri: string;
  /** Resolves with the first token that comes. */
  readonly token: Promise<string>;
  close(): void;
}

/** Starts one, on loopback. */
export async function listenForLogout(): Promise<LogoutListener> {
  let hear: (token: string) => void = () => undefined;
  const token = new Promise<string>((resolve) => {
    hear = resolve;
  });
  const server: Server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      hear(new URLSearchParams(text).get('logout_token') ?? '');
      response.setHeader('Cache-Control', 'no-store').end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    uri: `http://127.0.0.1:${port}/logout`,
    token,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
