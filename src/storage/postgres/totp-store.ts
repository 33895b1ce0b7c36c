import type { Knex } from 'knex';
import type { TotpAuthenticator, TotpStore } from '../../domain/factors/totp-store.js';
import type { Sealer } from '../../domain/sealing.js';

interface TotpRow {
  id: string;
  account_id: string;
  name: string;
  secret_sealed: Buffer;
  /** `bigint`, which the driver reads as a text. */
  last_step: string | number | null;
  created_at: Date;
  confirmed_at: Date | null;
  last_used_at: Date | null;
  binding_hash: Buffer | null;
}

/** Authenticators; a secret opens only in the row of its own authenticator. */
export function createTotpStore(knex: Knex, sealer: Sealer): TotpStore {
  const rows = () => knex<TotpRow>('totp_authenticators');
  const context = (id: string): Buffer => Buffer.from(`totp authenticator ${id}`);
  const toAuthenticator = (row: TotpRow): TotpAuthenticator => ({
    id: row.id,
    accountId: row.account_id,
    name: row.name,
    secret: sealer.open(row.secret_sealed, context(row.id)),
    createdAt: row.created_at,
    confirmedAt: row.confirmed_at ?? undefined,
    lastUsedAt: row.last_used_at ?? undefined,
    lastStep: row.last_step === null ? undefined : Number(row.last_step),
    bindingHash: row.binding_hash ?? undefined,
  });

  return {
    async find(accountId) {
      const row = await rows().where({ account_id: accountId }).whereNotNull('confirmed_at').first();
      return row && toAuthenticator(row);
    },
    async findPending(accountId) {
      const row = await rows().where({ account_id: accountId }).whereNull('confirmed_at').first();
      return row && toAuthenticator(row);
    },
    async replacePending({ id, accountId, name, secret, createdAt, bindingHash }) {
      await rows().where({ account_id: accountId }).whereNull('confirmed_at').delete();
      await rows().insert({
        id,
        account_id: accountId,
        name,
        secret_sealed: sealer.seal(secret, context(id)),
        created_at: createdAt,
        binding_hash: bindingHash ?? null,
      });
    },
    async confirm({ id, accountId, name, confirmedAt, lastStep }) {
      const waiting = await rows()
        .where({ id, account_id: accountId })
        .whereNull('confirmed_at')
        .forUpdate()
        .first();
      if (!waiting) return false;
      await rows().where({ account_id: accountId }).whereNotNull('confirmed_at').delete();
      const confirmed = await rows()
        .where({ id })
        .update({
          name,
          confirmed_at: confirmedAt,
          last_used_at: confirmedAt,
          last_step: lastStep ?? null,
          binding_hash: null,
        });
      return confirmed > 0;
    },
    async useStep(id, step, at) {
      const used = await rows()
        .where({ id })
        .whereNotNull('confirmed_at')
        .where((which) => {
          void which.whereNull('last_step').orWhere('last_step', '<', step);
        })
        .update({ last_step: step, last_used_at: at });
      return used > 0;
    },
    async remove(accountId) {
      const counted = await rows().where({ account_id: accountId }).whereNotNull('confirmed_at').delete();
      await rows().where({ account_id: accountId }).delete();
      return counted > 0;
    },
  };
}
