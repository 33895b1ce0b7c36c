import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis as Client } from 'ioredis';
import { freePort } from './server.js';

const PROGRAM = ['redis-server', 'valkey-server'].find(
  (name) => spawnSync(name, ['--version']).error === undefined,
);
const SLOTS = 16_384;
const CLUSTER_NODES = 3;

/** `describe` where there is a Redis or Valkey to start; elsewhere it says, once, that these suites were left out. */
export const describeWithRedis: (name: string, suite: () => void) => void = PROGRAM
  ? describe
  : (name) => {
      process.stderr.write(`Left out, as no redis-server or valkey-server is on the PATH: ${name}\n`);
      describe(name, () => {
        test.skip('needs redis-server or valkey-server on the PATH', () => undefined);
      });
    };

/** A server that a test has started. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Ends it as a crash would, and resolves when it has ended. */
  kill9(): Promise<void>;
  /** Lets it be silent, with its connections open, until it goes on with all that it has. */
  suspend(): void;
  goOn(): void;
  /** Starts it again at the same port, with what it has on its disk. */
  restart(): Promise<void>;
  /** All that it holds. */
  entries(): Promise<readonly RedisEntry[]>;
  stop(): Promise<void>;
}

/** A key, with what stands under it. */
export interface RedisEntry {
  readonly key: string;
  /** Fields and values, or members, one after the other; a text alone. */
  readonly values: readonly (string | Buffer | null)[];
  /** Negative: it stays for ever. */
  readonly ttlMs: number;
}

/** The nodes of a Cluster that a test has started. */
export interface RedisCluster {
  readonly url: string;
  readonly nodes: readonly RedisServer[];
  /** Ends the first node as a crash would. Its replica takes over at once, without waiting for the others' opinion. */
  failOver(): Promise<void>;
  /** All that its nodes hold. */
  entries(): Promise<readonly RedisEntry[]>;
  stop(): Promise<void>;
}

const running = new Set<ChildProcess>();
// Whatever becomes of a test, nothing that it started stays.
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a server on a free port, in a folder of its own. @param settings more of its command line */
export async function startRedis(settings: readonly string[] = []): Promise<RedisServer> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'latchkey-redis-'));
  const port = await freePort();
  let child = await launch(port, folder, settings);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill9: () => end('SIGKILL'),
    suspend: () => void child.kill('SIGSTOP'),
    goOn: () => void child.kill('SIGCONT'),
    async restart() {
      await end('SIGKILL');
      child = await launch(port, folder, settings);
    },
    async entries() {
      const client = new Client({ port, host: '127.0.0.1', protocol: 2 });
      const read: Readonly<Record<string, (key: string) => Promise<readonly (string | Buffer | null)[]>>> = {
        hash: async (key) => Object.entries(await client.hgetallBuffer(key)).flat(),
        set: (key) => client.smembersBuffer(key),
        string: async (key) => [await client.getBuffer(key)],
      };
      const entries: RedisEntry[] = [];
      for (const key of await client.keys('*')) {
        const values = (await read[await client.type(key)]?.(key)) ?? [];
        entries.push({ key, values, ttlMs: await client.pttl(key) });
      }
      client.disconnect();
      return entries;
    },
    async stop() {
      await end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Starts three nodes, which share the slots.
 * @param options.settings more of their command line
 * @param options.replica whether a fourth stands by to take over from the first
 */
export async function startRedisCluster({
  settings = [],
  replica = false,
}: { readonly settings?: readonly string[]; readonly replica?: boolean } = {}): Promise<RedisCluster> {
  const common = ['--cluster-enabled', 'yes', '--repl-diskless-sync-delay', '0', ...settings];
  const startMember = async () => {
    // A node listens to the others at a port of its own, which has to be a free one.
    const busPort = String(await freePort());
    const node = await startRedis([...common, '--cluster-port', busPort]);
    return { node, busPort, client: new Client({ port: node.port, host: '127.0.0.1', protocol: 2 }) };
  };
  const members = await Promise.all(Array.from({ length: CLUSTER_NODES }, startMember));
  const standby = replica ? await startMember() : undefined;
  const nodes = members.map(({ node }) => node);
  try {
    await Promise.all(
      members.map(async ({ client }, index) => {
        const first = Math.ceil((index * SLOTS) / CLUSTER_NODES);
        const last = Math.ceil(((index + 1) * SLOTS) / CLUSTER_NODES) - 1;
        await client.call('cluster', 'addslotsrange', first, last);
        await client.call('cluster', 'set-config-epoch', index + 1);
      }),
    );
    const [first, ...others] = members;
    for (const { node, busPort } of others) {
      await first?.client.call('cluster', 'meet', '127.0.0.1', node.port, busPort);
    }
    await Promise.all(members.map(({ client }) => untilWhole(client)));
    if (standby && first) await standBy(standby.client, first);
  } finally {
    for (const { client } of [...members, ...(standby ? [standby] : [])]) client.disconnect();
  }
  return {
    url: `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    nodes,
    async failOver() {
      await nodes[0]?.kill9();
      if (!standby) throw new Error('There is no replica.');
      const successor = new Client({ port: standby.node.port, host: '127.0.0.1', protocol: 2 });
      await successor.call('cluster', 'failover', 'takeover');
      await untilWhole(successor);
      successor.disconnect();
    },
    entries: async () => (await Promise.all(nodes.map((node) => node.entries()))).flat(),
    async stop() {
      await Promise.all([...nodes, ...(standby ? [standby.node] : [])].map((node) => node.stop()));
    },
  };
}

/** Makes a node that belongs to no Cluster yet a replica of one that does, and waits until it has all that this one has. */
async function standBy(
  standby: Client,
  {
    client,
    node,
    busPort,
  }: { readonly client: Client; readonly node: RedisServer; readonly busPort: string },
): Promise<void> {
  await standby.call('cluster', 'meet', '127.0.0.1', node.port, busPort);
  await untilWhole(standby);
  await standby.call('cluster', 'replicate', String(await client.call('cluster', 'myid')));
  while (!(await standby.info('replication')).includes('master_link_status:up')) await delay(20);
}

/** A Sentinel that a test has started, with the group `mymaster`. */
export interface RedisSentinel {
  readonly port: number;
  /** Makes the replica the primary, as if the old one could not be reached, and resolves when it is. */
  failOver(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one, which knows a primary and finds its replica by itself. @param settings more of its command line */
export async function startRedisSentinel(
  primary: Pick<RedisServer, 'port'>,
  settings: readonly string[] = [],
): Promise<RedisSentinel> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'latchkey-sentinel-'));
  const port = await freePort();
  const file = path.join(folder, 'sentinel.conf');
  await writeFile(file, `sentinel monitor mymaster 127.0.0.1 ${primary.port} 1\n`);
  const child = await launchProgram(
    [file, '--sentinel', '--port', String(port), '--bind', '127.0.0.1', '--dir', folder, ...settings],
    '+monitor master',
  );
  const client = new Client({ port, host: '127.0.0.1', protocol: 2 });
  const primaryPort = async (): Promise<number> =>
    Number(((await client.call('sentinel', 'get-master-addr-by-name', 'mymaster')) as string[])[1]);
  return {
    port,
    async failOver() {
      const before = await primaryPort();
      // It is refused until the replica is known and has told of itself.
      for (;;) {
        const begun = await client.call('sentinel', 'failover', 'mymaster').then(
          () => true,
          () => false,
        );
        if (begun) break;
        await delay(50);
      }
      while ((await primaryPort()) === before) await delay(20);
    },
    async stop() {
      client.disconnect();
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Nodes tell each other what they know; there is no event to wait for. */
async function untilWhole(client: Client): Promise<void> {
  for (;;) {
    const info = String(await client.call('cluster', 'info'));
    const slots = await client.call('cluster', 'slots');
    const knowsAll = Array.isArray(slots) && slots.length === CLUSTER_NODES;
    if (info.includes('cluster_state:ok') && knowsAll) return;
    await delay(20);
  }
}

function launch(port: number, folder: string, settings: readonly string[]): Promise<ChildProcess> {
  const common = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--daemonize', 'no'];
  return launchProgram([...common, '--save', '', ...settings], 'Ready to accept connections');
}

/** @param ready what it writes when it is */
async function launchProgram(args: readonly string[], ready: string): Promise<ChildProcess> {
  const child = spawn(PROGRAM ?? 'redis-server', [...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  child.stdout.setEncoding('utf8');
  const ended = once(child, 'exit').then(() => undefined);
  let log = '';
  while (!log.includes(ready)) {
    const more = once(child.stdout, 'data').then(([chunk]) => String(chunk));
    const text = await Promise.race([more, ended]);
    if (text === undefined) throw new Error(`Redis ended at its start:\n${log}`);
    log += text;
  }
  child.stdout.resume();
  return child;
}
