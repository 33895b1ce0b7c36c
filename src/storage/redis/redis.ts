import { createHash } from 'node:crypto';
import type { RedisExamination } from '../../domain/doctor/check-redis.js';

/** What a script answers: `null` for Lua's nil, lists for its tables. */
export type RedisReply = Buffer | number | null | readonly RedisReply[];

export type RedisArgument = string | number | Buffer;

/** A script in Lua that touches the one key that it is given, so that a Cluster can spread keys over its nodes. */
export interface RedisScript {
  readonly lua: string;
  /** Under which the server knows it. */
  readonly sha1: string;
}

/** A script. What it does is atomic: a server runs one at a time. */
export function redisScript(lua: string): RedisScript {
  return { lua, sha1: createHash('sha1').update(lua).digest('hex') };
}

/** Hears of each command that was answered, or was not. */
export type RedisObserver = (answered: {
  readonly outcome: 'answered' | 'failed';
  readonly seconds: number;
}) => void;

/** A Redis or Valkey server, or a Cluster of them. Every wait for it has an end. */
export interface Redis {
  /** @throws {DomainError} `overloaded`, `storage_unavailable` */
  run(script: RedisScript, key: string, args: readonly RedisArgument[]): Promise<RedisReply>;
  /** Removes a key. @throws {DomainError} `overloaded`, `storage_unavailable` */
  remove(key: string): Promise<void>;
  /** What each node says of itself; of a Cluster those that take writes. @throws {Error} when one does not answer */
  examine(): Promise<readonly RedisExamination[]>;
  /** Commands that wait for an answer now. */
  waiting(): number;
  /** Resolves when it answers. @throws {DomainError} `overloaded`, `storage_unavailable` */
  ping(): Promise<void>;
  close(): Promise<void>;
}
