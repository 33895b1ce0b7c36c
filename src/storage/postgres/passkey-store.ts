import type { Knex } from 'knex';
import type { PasskeyStore } from '../../domain/passkeys/passkey-store.js';
import type { Passkey } from '../../domain/passkeys/passkey.js';

interface PasskeyRow {
  id: string;
  account_id: string;
  credential_id: Buffer;
  public_key: Buffer;
  /** `bigint`, which the driver reads as a text. */
  sign_count: string | number;
  transports: string[];
  aaguid: string;
  multi_device: boolean;
  backed_up: boolean;
  user_verified: boolean;
  name: string;
  created_at: Date;
  last_used_at: Date | null;
}

/** Passkeys; what stands there lets nobody sign in. */
export function createPasskeyStore(knex: Knex): PasskeyStore {
  const rows = () => knex<PasskeyRow>('passkeys');
  return {
    async insert(passkey) {
      const inserted = await rows()
        .insert(toRow(passkey))
        .onConflict('credential_id')
        .ignore()
        .returning('id');
      return inserted.length > 0;
    },
    async listForAccount(accountId) {
      return (await rows().where({ account_id: accountId }).orderBy('id')).map(toPasskey);
    },
    async countFor(accountId) {
      const [found] = await rows().where({ account_id: accountId }).count<{ count: string }[]>('* as count');
      return Number(found?.count ?? 0);
    },
    async findByCredentialId(credentialId) {
      const row = await rows().where({ credential_id: credentialId }).first();
      return row && toPasskey(row);
    },
    async noteUse(id, { signCount, backedUp, at }) {
      const noted = await rows()
        .where({ id })
        .where((which) => {
          void which.where('sign_count', '<', signCount);
          if (signCount === 0) void which.orWhere('sign_count', 0);
        })
        .update({ sign_count: signCount, backed_up: backedUp, last_used_at: at });
      return noted > 0;
    },
    async rename(accountId, id, name) {
      return (await rows().where({ account_id: accountId, id }).update({ name })) > 0;
    },
    async remove(accountId, id) {
      const [removed] = await rows().where({ account_id: accountId, id }).delete().returning('*');
      return removed && toPasskey(removed);
    },
  };
}

function toRow(passkey: Passkey): PasskeyRow {
  return {
    id: passkey.id,
    account_id: passkey.accountId,
    credential_id: passkey.credentialId,
    public_key: passkey.publicKey,
    sign_count: passkey.signCount,
    transports: [...passkey.transports],
    aaguid: passkey.aaguid,
    multi_device: passkey.multiDevice,
    backed_up: passkey.backedUp,
    user_verified: passkey.userVerified,
    name: passkey.name,
    created_at: passkey.createdAt,
    last_used_at: passkey.lastUsedAt ?? null,
  };
}

function toPasskey(row: PasskeyRow): Passkey {
  return {
    id: row.id,
    accountId: row.account_id,
    credentialId: row.credential_id,
    publicKey: row.public_key,
    signCount: Number(row.sign_count),
    transports: row.transports,
    aaguid: row.aaguid,
    multiDevice: row.multi_device,
    backedUp: row.backed_up,
    userVerified: row.user_verified,
    name: row.name,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at ?? undefined,
  };
}
