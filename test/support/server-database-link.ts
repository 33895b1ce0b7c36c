import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A connection to a database that a test can cut, as a network or a database that fails would. */
export interface DatabaseLink {
  /** The database's URL by way of this link. */
  readonly url: string;
  /** Ends all connections and takes none. */
  cut(): Promise<void>;
  restore(): Promise<void>;
  /** Loses the database as a network would: connections stay open, and nothing comes over them any more. */
  mute(): void;
  /** Lets those through that are made from now on; what was lost stays so. */
  unmute(): void;
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
  const lost = new WeakSet<Socket>();
  let server: Server | undefined;
  let muted = false;
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
      }
      if (muted) lost.add(far);
      near.pipe(far);
      far.on('data', (answer) => {
        if (!lost.has(far)) near.write(answer);
      });
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
    mute() {
      muted = true;
      for (const socket of sockets) lost.add(socket);
    },
    unmute() {
      muted = false;
    },
    async restore() {
      muted = false;
      await listen(port);
    },
    close: cut,
  };
}
