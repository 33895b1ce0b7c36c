import type { Knex } from 'knex';
import type { UpstreamSidStore } from '../../domain/upstream/upstream-sid-store.js';

interface UpstreamSidRow {
  sid_hash: Buffer;
  account_id: string;
  expires_at: Date;
}

/** Served by upstream_sids_pkey, upstream_sids_expires_at_index. */
export function createUpstreamSidStore(knex: Knex): UpstreamSidStore {
  const rows = () => knex<UpstreamSidRow>('upstream_sids');
  return {
    async note(sidHash, accountId, expiresAt) {
      await rows()
        .insert({ sid_hash: sidHash, account_id: accountId, expires_at: expiresAt })
        .onConflict('sid_hash')
        .merge();
    },
    async find(sidHash, at) {
      const row = await rows().where({ sid_hash: sidHash }).where('expires_at', '>', at).first();
      return row?.account_id;
    },
    purge: (at) => rows().where('expires_at', '<=', at).delete(),
  };
}
