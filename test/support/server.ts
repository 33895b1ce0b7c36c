import { once } from 'node:events';
import { createServer } from 'node:net';
import { launch, SECRET_KEY, SERVER_PROGRAM, type Ended, type Settings } from './server-process.js';
import { createTestDatabase } from './test-database.js';

export interface ServerOptions {
  /** Settings of the environment; they win over those that the others make. */
  readonly env?: Settings;
  /** Absent: a fresh one, which goes with the server; `embedded`: the one below `DATA_DIR`. */
  readonly databaseUrl?: string;
  /** Absent: any free one. */
  readonly port?: number;
}

/** A server process that answers. */
export interface TestServer {
  readonly issuer: string;
  /** Where this process listens; another than the issuer for the second process of a deployment. */
  readonly url: string;
  readonly port: number;
  readonly databaseUrl: string;
  /** All that it was started with, for another process beside it. */
  readonly env: Settings;
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves as soon as its standard output matches. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** Sends SIGTERM, without waiting. */
  terminate(): void;
  /** Resolves when the process has ended. */
  readonly ended: Promise<Ended>;
  /** Ends it in order, and removes the database when it was its own. */
  stop(): Promise<Ended>;
  /** Ends it at once, as a crash would. */
  kill9(): Promise<void>;
}

/** Starts the built server as a process of its own, and waits until it is ready. */
export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const own = options.databaseUrl === undefined ? await createTestDatabase() : undefined;
  const databaseUrl = options.databaseUrl ?? own?.url ?? '';
  const port = options.port ?? (await freePort());
  const env: Settings = {
    PORT: String(port),
    SECRET_KEY,
    ...(databaseUrl === 'embedded' ? {} : { DATABASE_URL: databaseUrl }),
    ...(process.env['TEST_REDIS_URL'] === undefined ? {} : { REDIS_URL: process.env['TEST_REDIS_URL'] }),
    ...options.env,
  };
  const server = launch(SERVER_PROGRAM, [], env);
  const [, issuer = ''] = await server.printed(/^\{.*"issuer":"([^"]+)".*"msg":"ready"\}$/m);
  return {
    issuer,
    url: `http://localhost:${port}`,
    port,
    databaseUrl,
    env,
    pid: server.child.pid ?? 0,
    stdout: server.stdout,
    stderr: server.stderr,
    printed: (pattern) => server.printed(pattern),
    terminate: () => void server.child.kill('SIGTERM'),
    ended: server.ended,
    async stop() {
      server.child.kill('SIGTERM');
      const ended = await server.ended;
      await own?.drop();
      return ended;
    },
    async kill9() {
      server.child.kill('SIGKILL');
      await server.ended;
    },
  };
}

/**
 * Starts one more process of the same deployment: the same database, issuer and secrets, on a port of its own.
 * @param env where its settings differ
 */
export async function startSecondServer(first: TestServer, env: Settings = {}): Promise<TestServer> {
  const port = await freePort();
  return startServer({
    databaseUrl: first.databaseUrl,
    port,
    env: { ...first.env, ISSUER: first.issuer, PORT: String(port), ...env },
  });
}

/** Starts the server with settings that it cannot start with. @returns how it ended */
export function startInVain(env: Settings): Promise<Ended> {
  return launch(SERVER_PROGRAM, [], env).ended;
}

/** A port that is free at both loopback addresses, and that no outgoing connection is given by the system. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 20_000);
    if ((await isFree('127.0.0.1', port)) && (await isFree('::1', port))) return port;
  }
}

async function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ host, port });
    await once(server, 'listening');
  } catch (error) {
    // A machine without IPv6 has nothing there that could be taken.
    return error instanceof Error && 'code' in error && error.code !== 'EADDRINUSE';
  }
  server.close();
  await once(server, 'close');
  return true;
}
