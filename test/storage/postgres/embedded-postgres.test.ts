import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, lstat, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Client } from 'pg';
import {
  startEmbeddedPostgres,
  stopEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from '../../../src/storage/postgres/embedded-postgres.js';
import { isPostmasterOf, readPostmaster } from '../../../src/storage/postgres/embedded-postgres-process.js';

const asRoot = process.getuid?.() === 0;
const installedNative = path.join(
  createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`),
  '../../native',
);

let folder: string;
/** Shared by the tests, since making a cluster is what takes time. */
let dataDir: string;
const used = new Map<string, number>();
const children: ChildProcessByStdio<null, Readable, null>[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'latchkey-launcher-'));
  await chmod(folder, 0o755);
  dataDir = path.join(folder, 'shared');
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const [directory, pid] of used) {
    await stopEmbeddedPostgres({ dataDir: directory, pid, evenIfInUse: true });
    const elsewhere = await locationOf(directory);
    if (elsewhere !== undefined) await rm(elsewhere, { recursive: true });
  }
  used.clear();
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, durable: false, ...options });
  used.set(options.dataDir ?? dataDir, server.pid);
  return server;
}

async function query(server: { readonly url: string }, sql: string): Promise<unknown> {
  const client = new Client({ connectionString: server.url });
  await client.connect();
  try {
    const { rows } = await client.query<unknown[]>({ text: sql, rowMode: 'array' });
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
}

/** A process of its own that starts the server, says what came of it, and stays. */
async function startInAnotherProcess(
  directory = dataDir,
): Promise<{ pid: number; started: boolean; kill(): Promise<void> }> {
  const program = `
    const { startEmbeddedPostgres } = await import(process.argv[1]);
    const { pid, started } = await startEmbeddedPostgres({ dataDir: process.argv[2], durable: false });
    console.log(JSON.stringify({ pid, started }));
    setInterval(() => undefined, 60_000);
  `;
  const module = new URL('../../../src/storage/postgres/embedded-postgres.ts', import.meta.url).href;
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', program, module, directory],
    { detached: true, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  children.push(child);
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { pid, started } = JSON.parse(line) as { pid: number; started: boolean };
  used.set(directory, pid);
  const kill = async () => {
    // The whole process group, as a terminal does.
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    await once(child, 'exit');
  };
  return { pid, started, kill };
}

/** Where the database is kept when its user cannot enter the data directory. */
async function locationOf(dataDir: string): Promise<string | undefined> {
  const text = await readFile(path.join(dataDir, 'postgres-location.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as { path: string }).path;
}

/** The binaries as npm leaves them when install scripts are blocked: without symbolic links. */
async function copyBinariesWithoutLinks(parent: string): Promise<string> {
  await mkdir(parent, { recursive: true });
  await cp(path.join(installedNative, '../package.json'), path.join(parent, 'package.json'));
  await cp(installedNative, path.join(parent, 'native'), {
    recursive: true,
    filter: async (source) => !source.endsWith('.a') && !(await lstat(source)).isSymbolicLink(),
  });
  return path.join(parent, 'native');
}

describe('a data directory without a server', () => {
  test('gets one that knows Unicode and cannot be reached over the network', async () => {
    const fresh = path.join(folder, 'fresh');
    const server = await start({ dataDir: fresh, durable: true });

    expect(server.started).toBe(true);
    expect(await query(server, `select lower('Ü')`)).toBe('ü');
    expect(await query(server, 'show server_encoding')).toBe('UTF8');
    expect(await query(server, 'show listen_addresses')).toBe('');
    expect(await query(server, 'show fsync')).toBe('on');
    expect(Number(await query(server, 'show max_connections'))).toBeGreaterThanOrEqual(100);
    expect(await readFile(path.join(fresh, 'postgres.log'), 'utf8')).toContain('ready to accept connections');
  });

  test('keeps its rows from one start to the next', async () => {
    const first = await start();
    await query(first, 'create table kept_by_stop as select 42 as answer');
    await first.stop();
    const second = await start();

    expect(second.started).toBe(true);
    expect(second.pid).not.toBe(first.pid);
    expect(await query(second, 'select answer from kept_by_stop')).toBe(42);
  });

  test('gets no setting and no secret of this process', async () => {
    process.env.SECRET_KEY = 'a secret';
    try {
      const { pid } = await start();
      if (process.platform === 'linux') {
        expect(await readFile(`/proc/${pid}/environ`, 'utf8')).not.toContain('SECRET_KEY');
      }
    } finally {
      delete process.env.SECRET_KEY;
    }
  });

  test('whose path is too long for a Unix socket has the socket elsewhere', async () => {
    const server = await start({ dataDir: path.join(folder, 'a'.repeat(100), 'data') });
    const socketDir = new URL(server.url).searchParams.get('host') ?? '';

    expect(await query(server, 'select 1')).toBe(1);
    expect(socketDir).toMatch(/^\/tmp\/latchkey-[0-9a-f]{16}$/);
    expect((await stat(socketDir)).mode & 0o777).toBe(0o700);
    await server.stop();
    await rm(socketDir, { recursive: true });
  });

  test('that only its owner can enter works, and its database is found again', async () => {
    const closed = path.join(folder, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const closedDataDir = path.join(closed, 'data');
    const first = await start({ dataDir: closedDataDir });
    await query(first, 'create table kept as select 42 as answer');
    await first.stop();
    const second = await start({ dataDir: closedDataDir });

    expect(await query(second, 'select answer from kept')).toBe(42);
    expect(await locationOf(closedDataDir)).toEqual(
      asRoot ? expect.stringMatching(/^\/var\/(lib|tmp)\/latchkey\//) : undefined,
    );
  });
});

describe('a server that runs already', () => {
  test('is used, and not stopped by the one that did not start it', async () => {
    const first = await start();
    const second = await start();

    expect(second).toMatchObject({ url: first.url, pid: first.pid, started: false });
    await second.stop();
    expect(await query(first, 'select 1')).toBe(1);
  });

  test('is left running while somebody else is connected, and stopped after that', async () => {
    const server = await start();
    const client = new Client({ connectionString: server.url });
    await client.connect();

    await server.stop();
    expect(await query(server, 'select 1')).toBe(1);
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await client.end();
    await server.stop();
    expect(await readPostmaster(path.join(dataDir, 'cluster'))).toBeUndefined();
  });

  test('outlives a kill -9 of the process that started it, and is used by the next', async () => {
    const other = await startInAnotherProcess();
    await other.kill();
    const server = await start();

    expect(server).toMatchObject({ pid: other.pid, started: false });
    expect(await query(server, 'select 1')).toBe(1);
  });

  test('is the only one when several start at once, in this process and others', async () => {
    const fresh = path.join(folder, 'at-once');
    const servers = await Promise.all([
      start({ dataDir: fresh }),
      startInAnotherProcess(fresh),
      start({ dataDir: fresh }),
      startInAnotherProcess(fresh),
    ]);

    expect(servers.filter(({ started }) => started)).toHaveLength(1);
    expect(new Set(servers.map(({ pid }) => pid)).size).toBe(1);
  });
});

describe('what a crash left', () => {
  test('kill -9 of the server: the next start recovers every acknowledged row', async () => {
    const crashed = await start({ durable: true });
    await query(crashed, 'create table kept_by_crash as select 42 as answer');
    process.kill(crashed.pid, 'SIGKILL');
    const server = await start({ durable: true });

    expect(server.started).toBe(true);
    expect(server.pid).not.toBe(crashed.pid);
    expect(await query(server, 'select answer from kept_by_crash')).toBe(42);
  });

  test('a postmaster.pid whose number another process has by now does not prevent the start', async () => {
    const first = await start();
    await first.stop();
    const lock = path.join(dataDir, 'cluster/postmaster.pid');
    await writeFile(lock, `${process.pid}\n${path.dirname(lock)}\n0\n5432\n/nowhere\n\n  0 0\nready   \n`);

    expect(await isPostmasterOf(path.dirname(lock), process.pid)).toBe(false);
    expect((await start()).started).toBe(true);
  });

  test('the start lock of a process that is gone is taken over', async () => {
    const other = await startInAnotherProcess();
    await other.kill();
    // The highest process id that Linux and macOS can give is below this one.
    await writeFile(path.join(dataDir, 'start.lock'), '4194305 feedfacefeedface');

    expect((await start()).pid).toBe(other.pid);
  });

  test('a cluster that was half made is made again', async () => {
    const fresh = path.join(folder, 'half-made');
    const unfinished = path.join(fresh, 'cluster.0badcafe.new');
    await mkdir(unfinished, { recursive: true });
    await start({ dataDir: fresh });

    await expect(stat(unfinished)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('the binaries', () => {
  test('run when install scripts, which make their links, were blocked', async () => {
    const nativeDir = await copyBinariesWithoutLinks(path.join(folder, 'package'));
    const server = await start({ nativeDir });

    expect(await query(server, `select lower('Ü')`)).toBe('ü');
    expect((await lstat(path.join(nativeDir, 'lib/libicuuc.so.60'))).isSymbolicLink()).toBe(true);
  });

  test('run from a copy when their package can be neither changed nor reached', async () => {
    const closed = path.join(folder, 'closed-package');
    const nativeDir = await copyBinariesWithoutLinks(path.join(closed, 'package'));
    await chmod(path.join(nativeDir, 'lib'), 0o500);
    await chmod(closed, 0o700);
    try {
      const server = await start({ nativeDir });

      expect(await query(server, 'select 1')).toBe(1);
    } finally {
      await chmod(path.join(nativeDir, 'lib'), 0o700);
    }
  });

  test('that are not installed are answered by what to do', async () => {
    await expect(start({ nativeDir: path.join(folder, 'nowhere/native') })).rejects.toMatchObject({
      code: 'embedded_postgres_unavailable',
      message: expect.stringContaining('set DATABASE_URL') as string,
    });
  });

  test('refuse a database of another major version', async () => {
    await (await start()).stop();
    const file = path.join(dataDir, 'cluster/PG_VERSION');
    const version = await readFile(file, 'utf8');
    await writeFile(file, '17\n');

    await expect(start()).rejects.toMatchObject({
      code: 'embedded_postgres_other_version',
      message: expect.stringContaining('made by PostgreSQL 17') as string,
    });
    await writeFile(file, version);
  });

  test('that do not start say where their log is, on one line', async () => {
    await (await start()).stop();
    const file = path.join(dataDir, 'cluster/postgresql.conf');
    const configuration = await readFile(file, 'utf8');
    await writeFile(file, 'work_mem = nonsense\n');

    const failure: unknown = await start().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'embedded_postgres_start_failed' });
    expect(String(failure)).toMatch(/^[^\n]*postgres\.log: FATAL: [^\n]*$/);
    await writeFile(file, configuration);
  });
});
