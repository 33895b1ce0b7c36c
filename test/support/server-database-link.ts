import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A connection to a database that a test can cut, as a network or a database that fails would. */
export interface DatabaseLink {
  /** The database's URL by way of this link. */
  readonly url: string;
  /** Ends all connections and takes none. */
  cut(): Promise<void>;
  restore(): Promise<void>;
  close(): Promise<void>;
}

/** Stands between a process and the database of the URL. */
export async function linkDatabase(databaseUrl: string): Promise<DatabaseLink> {
  const target = new URL(databaseUrl);
  const folder = target.searchParams.get('host') ?? decodeURIComponent(target.hostname);
  const databasePort = Number(target.searchParams.get('port') ?? (target.port || 5432));
  const open = (): Socket =>
    folder.startsWith('/')
      ? connect({ path: `${folder}/.s.PGSQL.${databasePort}` })
      : connect({ host: folder, port: databasePort });

  const sockets = new Set<Socket>();
  let server: Server | undefined;
  const listen = async (port: number): Promise<number> => {
    server = createServer((near) => {
      const far = open();
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(socket);
        socket.on('error', () => other.destroy());
        socket.on('close', () => {
          sockets.delete(socket);
          other.destroy();
        });
        socket.pipe(other);
      }
    }).listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const cut = async (): Promise<void> => {
    if (!server) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
    server = undefined;
  };

  const port = await listen(0);
  const url = new URL(`postgres://127.0.0.1:${port}${target.pathname}`);
  url.username = target.username || (target.searchParams.get('user') ?? '');
  url.password = target.password;
  return {
    url: url.href,
    cut,
    async restore() {
      await listen(port);
    },
    close: cut,
  };
}
