import type { Knex } from 'knex';
import type { RememberedDeviceStore } from '../../domain/factors/remembered-device-store.js';

interface RememberedDeviceRow {
  account_id: string;
  token_hash: Buffer;
  created_at: Date;
  expires_at: Date;
}

/** Browsers that are not asked for a second factor by policy. */
export function createRememberedDeviceStore(knex: Knex): RememberedDeviceStore {
  const rows = () => knex<RememberedDeviceRow>('remembered_devices');
  return {
    async insert({ accountId, tokenHash, createdAt, expiresAt }) {
      await rows().insert({
        account_id: accountId,
        token_hash: tokenHash,
        created_at: createdAt,
        expires_at: expiresAt,
      });
    },
    async isRemembered(accountId, tokenHash, at) {
      const row = await rows()
        .where({ account_id: accountId, token_hash: tokenHash })
        .where('expires_at', '>', at)
        .first('token_hash');
      return row !== undefined;
    },
    removeAccount: (accountId) => rows().where({ account_id: accountId }).delete(),
    purge: (at) => rows().where('expires_at', '<=', at).delete(),
  };
}
