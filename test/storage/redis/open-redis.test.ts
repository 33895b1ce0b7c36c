import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis as Client } from 'ioredis';
import { openConfiguredRedis } from '../../../src/composition/open-redis.js';
import type { Config } from '../../../src/config/config.js';
import { silentLogger } from '../../../src/observability/logger.js';
import { redisAddress } from '../../../src/storage/redis/redis-address.js';
import { asRedisUnavailable } from '../../../src/storage/redis/redis-failure.js';
import type { Redis } from '../../../src/storage/redis/redis.js';
import { redisScript } from '../../../src/storage/redis/redis.js';
import { createCertificateAuthority, writeCertificateFiles } from '../../support/certificate-authority.js';
import {
  describeWithRedis,
  startRedis,
  startRedisCluster,
  startRedisSentinel,
} from '../../support/redis-server.js';
import { freePort } from '../../support/server.js';

/** What docs/redis.md lists. */
const NEEDED =
  '+eval +evalsha +info +ping +cluster +del +hset +hget +hmget +hdel +hincrby +sadd +smembers +incr +pexpire +persist +pttl';

const userOf = (name: string, rights: string): readonly string[] => [
  ...['--user', name, 'on', '>hunter22', '~latchkey:*'],
  ...rights.split(' '),
];

async function open(redisUrl: string): Promise<Redis> {
  const redis = await openConfiguredRedis({ redisUrl } as Config, silentLogger);
  if (!redis) throw new Error('None was opened.');
  return redis;
}

/** What a start says, when it does not succeed. */
/** Tries until it succeeds. @throws the error of the last try, when all of many have failed */
async function comesBack(attempt: () => Promise<unknown>): Promise<void> {
  for (let left = 500; ; left -= 1) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (left === 0) throw error;
      await delay(20);
    }
  }
}

async function refusalOf(url: string): Promise<string> {
  try {
    await (await open(url)).close();
    return 'none';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

test('a replica, and a full server, are told from a fault of ours, also by what a script says in Redis 6', () => {
  const refusal = (message: string) => Object.assign(new Error(message), { name: 'ReplyError' });
  const script = 'ERR Error running script (call to f_6b1bf486): @user_script:1: @user_script: 1:';
  for (const message of [
    "READONLY You can't write",
    `${script} -READONLY You can't write`,
    `${script} -OOM full`,
  ]) {
    expect(asRedisUnavailable(refusal(message))).toMatchObject({ code: 'storage_unavailable' });
  }
  const ours = refusal(`${script} Wrong number of args, said OOM`);
  expect(asRedisUnavailable(ours)).toBe(ours);
});

describe('an address', () => {
  test('is read with all that may be in it', () => {
    expect(redisAddress('rediss+cluster://me:p%40ss@a:7000,b,[::1]:7002/0')).toEqual({
      cluster: true,
      tls: true,
      nodes: [
        { host: 'a', port: 7000 },
        { host: 'b', port: 6379 },
        { host: '::1', port: 7002 },
      ],
      authorities: undefined,
      sentinelGroup: undefined,
      username: 'me',
      password: 'p@ss',
      database: 0,
    });
    expect(redisAddress('rediss+sentinel://:p@s-1:7000,s-2/my.group/4')).toMatchObject({
      cluster: false,
      tls: true,
      nodes: [
        { host: 's-1', port: 7000 },
        { host: 's-2', port: 26_379 },
      ],
      sentinelGroup: 'my.group',
      database: 4,
    });
    expect(redisAddress('redis://cache/3')).toEqual({
      cluster: false,
      tls: false,
      nodes: [{ host: 'cache', port: 6379 }],
      authorities: undefined,
      sentinelGroup: undefined,
      username: undefined,
      password: undefined,
      database: 3,
    });
  });

  test('is not needed', async () => {
    expect(await openConfiguredRedis({ redisUrl: undefined } as Config, silentLogger)).toBeUndefined();
  });
});

describeWithRedis('the start with Redis', () => {
  const servers: { stop(): Promise<void> }[] = [];
  const started = async <Server extends { stop(): Promise<void> }>(
    server: Promise<Server>,
  ): Promise<Server> => {
    servers.push(await server);
    return server;
  };
  afterAll(() => Promise.all(servers.map((server) => server.stop())));

  test('says when nothing listens, without the password', async () => {
    const port = await freePort();
    const refusal = await refusalOf(`redis://:hunter22@127.0.0.1:${port}`);
    expect(refusal).toBe(
      `Nothing listens at 127.0.0.1:${port}: start Redis, or correct the host and port in REDIS_URL.`,
    );
    expect(await refusalOf(`redis+cluster://127.0.0.1:${port}`)).toContain('Nothing listens at');
  });

  test('says when the password is missing or wrong, and takes the right one', async () => {
    const { port } = await started(startRedis(['--requirepass', 'hunter22']));
    expect(await refusalOf(`redis://127.0.0.1:${port}`)).toContain('asks for a password');
    expect(await refusalOf(`redis://:other@127.0.0.1:${port}`)).toContain('refused the user and password');
    expect(await refusalOf(`redis://:hunter22@127.0.0.1:${port}`)).toBe('none');
  });

  test('says when the user may not do what is needed, and takes one who may (docs/redis.md)', async () => {
    const { port } = await started(
      startRedis([...userOf('good', NEEDED), ...userOf('poor', NEEDED.replace('+hincrby ', ''))]),
    );
    expect(await refusalOf(`redis://poor:hunter22@127.0.0.1:${port}`)).toContain('lacks a right');
    expect(await refusalOf(`redis://good:hunter22@127.0.0.1:${port}`)).toBe('none');
  });

  test('is by TLS with an authority of one’s own, as a user of the list, in a numbered database', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'latchkey-redis-tls-'));
    const authority = await createCertificateAuthority();
    const { certificate, key } = await writeCertificateFiles(folder, authority);
    const [tlsPort, sentinelPort] = [String(await freePort()), String(await freePort())];
    const keys = ['--tls-cert-file', certificate, '--tls-key-file', key];
    const trust = ['--tls-auth-clients', 'no', '--tls-ca-cert-file', path.join(folder, 'authority.pem')];
    const users = [...userOf('good', `${NEEDED} +select`), '--requirepass', 'hunter22'];
    await started(startRedis(['--port', '0', '--tls-port', tlsPort, ...keys, ...trust, ...users]));
    const redisUrl = `rediss://good:hunter22@localhost:${tlsPort}/3`;
    const redisAuthorities = authority.certificate;
    const redis = await openConfiguredRedis({ redisUrl, redisAuthorities }, silentLogger);
    expect(await redis?.examine()).toMatchObject([
      { name: `localhost:${tlsPort}`, evictionPolicy: 'noeviction', maxMemory: 0, saveFailed: false },
    ]);
    await redis?.close();
    expect(await refusalOf(redisUrl)).toContain('is not trusted: name its authority');

    // The same by way of a Sentinel, which is asked by TLS as well.
    const bySentinel = ['--tls-port', sentinelPort, ...keys, ...trust, '--tls-replication', 'yes'];
    await started(startRedisSentinel({ port: Number(tlsPort) }, bySentinel));
    const sentinelUrl = `rediss+sentinel://good:hunter22@127.0.0.1:${sentinelPort}/mymaster`;
    const behind = await openConfiguredRedis({ redisUrl: sentinelUrl, redisAuthorities }, silentLogger);
    await expect(behind?.ping()).resolves.toBeUndefined();
    await behind?.close();
    expect(await refusalOf(sentinelUrl)).toContain('is not trusted: name its authority');
    await rm(folder, { recursive: true });
  });

  test('says when one server is named as a Cluster, and the other way round', async () => {
    const [single, cluster] = await Promise.all([started(startRedis()), started(startRedisCluster())]);
    expect(await refusalOf(`redis+cluster://127.0.0.1:${single.port}`)).toContain('is no Cluster');
    expect(await refusalOf(`redis://127.0.0.1:${cluster.nodes[0]?.port ?? 0}`)).toContain(
      'is a node of a Cluster',
    );
  });

  test('refuses a server that throws keys away when it is full', async () => {
    const { url } = await started(startRedis(['--maxmemory', '50mb', '--maxmemory-policy', 'allkeys-lru']));
    expect(await refusalOf(url)).toContain('set maxmemory-policy to noeviction');
  });

  test('refuses a replica', async () => {
    const primary = await started(startRedis());
    const { url } = await started(startRedis(['--replicaof', '127.0.0.1', String(primary.port)]));
    expect(await refusalOf(url)).toContain('is a replica');
  });

  test('is by way of Sentinels, and follows them to another primary', async () => {
    const primary = await started(startRedis());
    await started(
      startRedis(['--replicaof', '127.0.0.1', String(primary.port), '--repl-diskless-sync-delay', '0']),
    );
    const sentinel = await started(startRedisSentinel(primary));
    const url = `redis+sentinel://127.0.0.1:${sentinel.port}`;
    expect(await refusalOf(`${url}/other`)).toContain('names a primary of the group');
    const redis = await open(`${url}/mymaster/2`);
    expect(await redis.examine()).toMatchObject([{ name: 'the primary of mymaster' }]);
    await sentinel.failOver();
    await primary.kill9();
    const write = redisScript(`return redis.call('SET', KEYS[1], ARGV[1])`);
    await comesBack(() => redis.run(write, 'latchkey:after', ['it']));
    await redis.close();
  });

  test('is where its address leads by now, once the server that it was at takes no writes any more', async () => {
    const [first, second] = await Promise.all([started(startRedis()), started(startRedis())]);
    let target = first.port;
    const address = createServer((socket) => {
      socket.pipe(connect(target, '127.0.0.1').on('error', () => socket.destroy())).pipe(socket);
      socket.on('error', () => undefined);
    });
    address.listen(0, '127.0.0.1');
    await once(address, 'listening');
    const redis = await open(`redis://127.0.0.1:${(address.address() as AddressInfo).port}`);
    const write = redisScript(`return redis.call('SET', KEYS[1], ARGV[1])`);
    await redis.run(write, 'latchkey:before', ['it']);
    // Its connections stay, as at a failover that was planned.
    const client = new Client({ port: first.port, protocol: 2 });
    await client.replicaof('127.0.0.1', second.port);
    client.disconnect();
    target = second.port;
    await expect(redis.run(write, 'latchkey:after', ['it'])).rejects.toMatchObject({
      code: 'storage_unavailable',
    });
    await comesBack(() => redis.run(write, 'latchkey:after', ['it']));
    await redis.close();
    address.close();
  });

  test('says when TLS is spoken to a server that does not', async () => {
    const { port } = await started(startRedis());
    expect(await refusalOf(`rediss://127.0.0.1:${port}`)).toMatch(
      /does not speak TLS|did not answer in time/,
    );
  });
});
