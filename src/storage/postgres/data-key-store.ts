import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { DataKeyStore } from '../../domain/data-keys/data-key-store.js';

interface DataKeyRow {
  id: number;
  sealed: Buffer;
  issuance_epoch: string | null;
}

/** The one row of `data_keys`. */
export function createDataKeyStore(knex: Knex): DataKeyStore {
  return {
    async read() {
      const row = await knex<DataKeyRow>('data_keys').where({ id: 1 }).first('sealed');
      return row?.sealed;
    },
    async insertFirst(sealed) {
      await knex<DataKeyRow>('data_keys').insert({ id: 1, sealed }).onConflict('id').ignore();
    },
    async reseal(before, after) {
      await knex<DataKeyRow>('data_keys').where({ id: 1, sealed: before }).update({ sealed: after });
    },
    async readIssuanceEpoch() {
      const row = await knex<DataKeyRow>('data_keys').where({ id: 1 }).first('issuance_epoch');
      return row?.issuance_epoch ?? undefined;
    },
  };
}

/** Ends all that was issued so far, wherever it is kept. Processes that are open must be opened anew. */
export async function renewIssuanceEpoch(knex: Knex): Promise<void> {
  await knex<DataKeyRow>('data_keys').where({ id: 1 }).update({ issuance_epoch: randomUUID() });
}
