import type { Knex } from 'knex';
import type { DataKeyStore } from '../../domain/data-keys/data-key-store.js';

interface DataKeyRow {
  id: number;
  sealed: Buffer;
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
  };
}
