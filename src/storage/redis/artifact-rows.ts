import type { ArtifactRow } from '../postgres/artifact-codec.js';
import type { ArtifactTies } from '../postgres/artifact-context.js';
import { ADD_MEMBER, CONSUME, FIND, GIVE_BACK, REMOVE_OWN, TAKE_MEMBERS, WRITE } from './artifact-scripts.js';
import type { Redis, RedisReply } from './redis.js';

/** An artifact as Redis has it. */
export interface RedisArtifact extends ArtifactTies {
  readonly id: Buffer;
  readonly payload: Buffer;
  readonly version: number;
  /** Epoch seconds. */
  readonly consumedAt: number | null;
  /** Epoch seconds; null: it does not expire. */
  readonly expiresAt: number | null;
  /** The last revocation of the account or client that it has seen. */
  readonly epoch: number;
}

/** How an artifact is written: see `WRITE`. */
export interface RowWrite {
  readonly row: ArtifactRow;
  readonly mode: 'insert' | 'unique' | 'replace';
  readonly foundVersion?: number | undefined;
  /** The last revocation of its account or client, 0 when there was none. */
  readonly epoch: number;
  /** Whether what is there goes on although it has not seen that revocation. */
  readonly isKept: boolean;
  /** Milliseconds after which Redis may forget it; absent: never. */
  readonly ttlMs: number | undefined;
}

/** The artifacts in Redis, each under a key of its own: no step needs two of them at once. */
export interface ArtifactRows {
  find(id: Buffer): Promise<RedisArtifact | undefined>;
  /** @returns the version that is there now; 0 when nothing was written */
  write(write: RowWrite): Promise<number>;
  /** @param now epoch seconds @returns whether it was used up by this call */
  consume(id: Buffer, now: number): Promise<boolean>;
  giveBack(id: Buffer): Promise<void>;
  remove(id: Buffer): Promise<void>;
  /** Removes what was written, unless it was written again since: each sealing of a payload differs. */
  takeBack(written: Pick<ArtifactRow, 'id' | 'payload'>): Promise<void>;
  /** Removes what was written under the grant. */
  removeOfGrant(grantId: Buffer): Promise<void>;
}

/** @param redis holds them, under keys that begin with `latchkey:` */
export function createArtifactRows(redis: Redis): ArtifactRows {
  const remove = (id: Buffer): Promise<void> => redis.remove(rowKey(id));
  return {
    async find(id) {
      const reply = await redis.run(FIND, rowKey(id), []);
      return reply === null ? undefined : toArtifact(id, reply);
    },
    async write({ row, mode, foundVersion, epoch, isKept, ttlMs }) {
      // First: what stands in the list and is not there does no harm.
      if (row.grantId && ttlMs !== undefined) {
        await redis.run(ADD_MEMBER, grantKey(row.grantId), [row.id, ttlMs]);
      }
      const version = await redis.run(WRITE, rowKey(row.id), [
        mode,
        foundVersion ?? '',
        isKept ? 0 : epoch,
        ttlMs ?? '',
        row.payload,
        row.expiresAt ?? '',
        row.grantId ?? '',
        row.sessionUid ?? '',
        row.accountId ?? '',
        epoch,
      ]);
      return Number(version);
    },
    consume: async (id, now) => (await redis.run(CONSUME, rowKey(id), [now])) === 1,
    async giveBack(id) {
      await redis.run(GIVE_BACK, rowKey(id), []);
    },
    remove,
    async takeBack({ id, payload }) {
      await redis.run(REMOVE_OWN, rowKey(id), [payload]);
    },
    async removeOfGrant(grantId) {
      const members = await redis.run(TAKE_MEMBERS, grantKey(grantId), []);
      await Promise.all(listOf(members).map((id) => remove(bytesOf(id))));
    },
  };
}

function rowKey(id: Buffer): string {
  return `latchkey:artifact:${id.toString('base64url')}`;
}

function grantKey(grantId: Buffer): string {
  return `latchkey:grant:${grantId.toString('base64url')}`;
}

function toArtifact(id: Buffer, reply: RedisReply): RedisArtifact {
  const [payload, version, consumed, expires, grant, session, account, epoch] = listOf(reply).map(bytesOf);
  const present = (bytes: Buffer | undefined): Buffer | null => (bytes && bytes.length > 0 ? bytes : null);
  const number = (bytes: Buffer | undefined): number | null =>
    present(bytes) === null ? null : Number(bytes?.toString());
  return {
    id,
    payload: payload ?? Buffer.alloc(0),
    version: number(version) ?? 0,
    consumedAt: number(consumed),
    expiresAt: number(expires),
    grantId: present(grant),
    sessionUid: present(session),
    accountId: present(account)?.toString() ?? null,
    epoch: number(epoch) ?? 0,
  };
}

function listOf(reply: RedisReply): readonly RedisReply[] {
  return Array.isArray(reply) ? (reply as readonly RedisReply[]) : [];
}

function bytesOf(reply: RedisReply): Buffer {
  return Buffer.isBuffer(reply) ? reply : Buffer.from(String(reply));
}
