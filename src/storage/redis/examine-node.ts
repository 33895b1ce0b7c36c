import type { Redis as SingleRedis } from 'ioredis';
import type { RedisExamination } from '../../domain/doctor/check-redis.js';

/** Asks a server what it is. */
export async function examineNode(node: SingleRedis): Promise<RedisExamination> {
  const start = performance.now();
  await node.ping();
  const latencyMs = performance.now() - start;
  const info = readInfo(await node.info());
  return {
    name: nodeName(node),
    version: versionIn(info),
    evictionPolicy: info.get('maxmemory_policy') ?? 'noeviction',
    maxMemory: Number(info.get('maxmemory') ?? 0),
    usedMemory: Number(info.get('used_memory') ?? 0),
    saveFailed: info.get('rdb_last_bgsave_status') === 'err' || info.get('aof_last_write_status') === 'err',
    latencyMs,
  };
}

/** For messages: host and port, or whose primary it is. */
export function nodeName({ options: { host, port, sentinels, name } }: SingleRedis): string {
  if (sentinels) return `the primary of ${name ?? ''}`;
  return `${host ?? 'localhost'}:${port ?? 6379}`;
}

/** Reads an answer to `INFO`. */
export function readInfo(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\r\n').flatMap((line) => {
      const colon = line.indexOf(':');
      return colon === -1 ? [] : [[line.slice(0, colon), line.slice(colon + 1)] as const];
    }),
  );
}

/** Valkey says in `redis_version` what it is compatible with. */
export function versionIn(info: ReadonlyMap<string, string>): string {
  return info.get('valkey_version') ?? info.get('redis_version') ?? '';
}
