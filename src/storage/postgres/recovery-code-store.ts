import type { Knex } from 'knex';
import type { RecoveryCodeStore } from '../../domain/factors/recovery-code-store.js';

interface RecoveryCodeRow {
  account_id: string;
  code_hash: Buffer;
  active: boolean;
  created_at: Date;
  used_at: Date | null;
}

/** Recovery codes, one row for each. */
export function createRecoveryCodeStore(knex: Knex): RecoveryCodeStore {
  const rows = (accountId: string) =>
    knex<RecoveryCodeRow>('recovery_codes').where({ account_id: accountId });
  return {
    async replacePending({ accountId, hashes, createdAt }) {
      await rows(accountId).where({ active: false }).delete();
      await knex<RecoveryCodeRow>('recovery_codes').insert(
        hashes.map((hash) => ({
          account_id: accountId,
          code_hash: hash,
          active: false,
          created_at: createdAt,
        })),
      );
    },
    async activate(accountId, hashes) {
      // Locked, so that two who activate at once wait for each other.
      const waiting = await rows(accountId).where({ active: false }).forUpdate().select('code_hash');
      const given = new Set(hashes.map((hash) => hash.toString('hex')));
      const isTheSet =
        waiting.length > 0 &&
        waiting.length === given.size &&
        waiting.every(({ code_hash: hash }) => given.has(hash.toString('hex')));
      if (!isTheSet) return false;
      await rows(accountId).where({ active: true }).delete();
      await rows(accountId).update({ active: true });
      return true;
    },
    async use(accountId, hash, at) {
      const used = await rows(accountId)
        .where({ code_hash: hash, active: true })
        .whereNull('used_at')
        .update({ used_at: at });
      return used > 0;
    },
    async countLeft(accountId) {
      const left = await rows(accountId).where({ active: true }).whereNull('used_at').select('code_hash');
      return left.length;
    },
    async madeAt(accountId) {
      const row = await rows(accountId).where({ active: true }).first();
      return row?.created_at;
    },
    remove: (accountId) => rows(accountId).delete(),
  };
}
