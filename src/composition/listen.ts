import { once } from 'node:events';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SecureContextOptions } from 'node:tls';
import { StartupError } from './startup-error.js';

/** Seconds; longer than that of usual load balancers, so that they close idle connections and not this server. */
const KEEP_ALIVE_SECONDS = 65;

/** Milliseconds that a connection has, once nothing new is taken, to ask what it was opened for. */
const FIRST_REQUEST_MS = 500;

/** Sockets that this process listens on. */
export interface Listening {
  readonly port: number;
  /**
   * Goes on as before, but asks every client to take another connection for its next request. A load balancer that
   * keeps connections then has none left when `drain` comes, and nothing is sent over one that is just being closed.
   */
  keepNoConnections(): void;
  /** Those that end TLS themselves. */
  readonly tlsServers: readonly TlsServer[];
  /** Takes no new connections, and resolves when the requests under way are answered. */
  drain(): Promise<void>;
}

/** Names of the settings that say where to listen, for messages. */
export interface ListenSettings {
  readonly host: string;
  readonly port: string;
}

/**
 * Listens on one port. `localhost` stands for both loopback addresses, as browsers take either.
 * @param port 0: any free one
 * @param settings names for messages
 * @param tls certificate and key, to speak TLS; absent: plain HTTP
 * @throws {StartupError} when the port is taken or may not be used
 */
export async function listen(
  host: string,
  port: number,
  onRequest: RequestListener,
  settings: ListenSettings = { host: 'HOST', port: 'PORT' },
  tls?: SecureContextOptions,
): Promise<Listening> {
  const addresses = host === 'localhost' ? ['127.0.0.1', '::1'] : [host];
  const servers: Server[] = [];
  /** What is open, with the answers that are under way on it; undefined until something was asked. */
  const connections = new Map<Socket, Set<ServerResponse> | undefined>();
  let keeping = true;
  const tlsServers: TlsServer[] = [];
  let draining = false;
  let chosen = port;
  for (const address of addresses) {
    const answer: RequestListener = (req, res) => {
      const { socket } = req;
      const underWay = connections.get(socket) ?? new Set();
      connections.set(socket, underWay.add(res));
      res.once('close', () => {
        underWay.delete(res);
        if (draining && underWay.size === 0) socket.destroySoon();
      });
      if (!keeping) res.setHeader('Connection', 'close');
      onRequest(req, res);
    };
    const keepAliveTimeout = KEEP_ALIVE_SECONDS * 1000;
    const tlsServer = tls && createTlsServer({ ...tls, keepAliveTimeout }, answer);
    if (tlsServer) tlsServers.push(tlsServer);
    const server = tlsServer ?? createServer({ keepAliveTimeout }, answer);
    server.on(tlsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
      connections.set(socket, undefined);
      socket.once('close', () => connections.delete(socket));
    });
    try {
      server.listen({ host: address, port: chosen });
      await once(server, 'listening');
    } catch (error) {
      // Not every machine has IPv6.
      if (servers.length > 0 && ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(codeOf(error))) continue;
      for (const opened of servers) opened.close();
      throw new StartupError([explain(error, address, chosen, settings)], { cause: error });
    }
    servers.push(server);
    const bound = server.address();
    if (typeof bound === 'object' && bound) chosen = bound.port;
  }
  const keepNoConnections = (): void => {
    keeping = false;
    for (const underWay of connections.values()) {
      for (const res of underWay ?? []) if (!res.headersSent) res.setHeader('Connection', 'close');
    }
  };
  return {
    port: chosen,
    keepNoConnections,
    tlsServers,
    async drain() {
      keepNoConnections();
      // What has arrived by now is read first, so that no request is lost on a connection that seems idle.
      await nextTurn();
      draining = true;
      const closed = Promise.all(
        servers.map(async (server) => {
          const end = once(server, 'close');
          server.close();
          await end;
        }),
      );
      // Node waits for connections that are kept alive, and for those over which nothing was asked yet.
      for (const [socket, underWay] of connections) if (underWay?.size === 0) socket.destroySoon();
      const lastCall = setTimeout(() => {
        for (const [socket, underWay] of connections) if (!underWay?.size) socket.destroySoon();
      }, FIRST_REQUEST_MS);
      await closed;
      clearTimeout(lastCall);
    },
  };
}

function explain(error: unknown, address: string, port: number, settings: ListenSettings): string {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return `Port ${port} is taken by another program: stop it, or set ${settings.port} to another one, for instance ${settings.port}=${port + 1}.`;
    case 'EACCES':
      return `Port ${port} may not be used by this user: set ${settings.port} to 1024 or above.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `This machine has no address ${address}: set ${settings.host} to one that it has, or to 0.0.0.0 for all.`;
    default:
      return `Cannot listen on ${address}, port ${port} (${codeOf(error)}): check ${settings.host} and ${settings.port}.`;
  }
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown';
}
