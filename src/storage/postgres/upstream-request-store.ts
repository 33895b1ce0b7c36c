import type { Knex } from 'knex';
import type { JsonObject } from '../../domain/json.js';
import type { Sealer } from '../../domain/sealing.js';
import type { UpstreamRequest, UpstreamRequestStore } from '../../domain/upstream/upstream-request-store.js';

interface UpstreamRequestRow {
  token_hash: Buffer;
  content_sealed: Buffer;
  expires_at: Date;
}

/** Sign-ins under way at other providers; each opens only in its own row. */
export function createUpstreamRequestStore(knex: Knex, sealer: Sealer): UpstreamRequestStore {
  const rows = () => knex<UpstreamRequestRow>('upstream_requests');
  const open = (row: UpstreamRequestRow): JsonObject =>
    JSON.parse(sealer.open(row.content_sealed, row.token_hash).toString()) as JsonObject;
  const toRow = ({ tokenHash, content, expiresAt }: UpstreamRequest): UpstreamRequestRow => ({
    token_hash: tokenHash,
    content_sealed: sealer.seal(Buffer.from(JSON.stringify(content)), tokenHash),
    expires_at: expiresAt,
  });
  return {
    async add(request) {
      await rows().insert(toRow(request));
    },
    async addOnce(request) {
      const added = await rows()
        .insert(toRow(request))
        .onConflict('token_hash')
        .ignore()
        .returning('token_hash');
      return added.length > 0;
    },
    async find(tokenHash, at) {
      const row = await rows().where({ token_hash: tokenHash }).where('expires_at', '>', at).first();
      return row && open(row);
    },
    async take(tokenHash, at) {
      const [row] = await rows()
        .where({ token_hash: tokenHash })
        .where('expires_at', '>', at)
        .delete()
        .returning(['token_hash', 'content_sealed', 'expires_at']);
      return row && open(row);
    },
    purge: (at) => rows().where('expires_at', '<=', at).delete(),
  };
}
