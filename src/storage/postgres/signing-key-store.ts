import type { JsonWebKey } from 'node:crypto';
import type { Knex } from 'knex';
import type { Sealer } from '../../domain/sealing.js';
import type { SigningAlgorithm, SigningKey } from '../../domain/signing-keys/signing-key.js';
import type { SigningKeyStore } from '../../domain/signing-keys/signing-key-store.js';
import { notifyChange } from './change-feed.js';

interface SigningKeyRow {
  kid: string;
  algorithm: SigningAlgorithm;
  sealed_private_jwk: Buffer;
  created_at: Date;
  signs_from: Date;
  retired_at: Date | null;
}

/** Any number will do, as long as nothing else takes the same. */
const LOCK = 5_401_201;

/** Signing keys, sealed under the key's own id, so that one row cannot be put in another's place. */
export function createSigningKeyStore(knex: Knex, sealer: Sealer): SigningKeyStore {
  const context = (kid: string): Buffer => Buffer.from(`signing-key ${kid}`);
  const toKey = (row: SigningKeyRow): SigningKey => ({
    kid: row.kid,
    algorithm: row.algorithm,
    privateJwk: JSON.parse(sealer.open(row.sealed_private_jwk, context(row.kid)).toString()) as JsonWebKey,
    createdAt: row.created_at,
    signsFrom: row.signs_from,
    retiredAt: row.retired_at ?? undefined,
  });

  return {
    async list() {
      const rows = await knex<SigningKeyRow>('signing_keys').orderBy([
        { column: 'created_at', order: 'desc' },
        { column: 'kid' },
      ]);
      return rows.map(toKey);
    },
    async lock() {
      await knex.raw('select pg_advisory_xact_lock(?)', [LOCK]);
    },
    async insert(key) {
      await knex<SigningKeyRow>('signing_keys').insert({
        kid: key.kid,
        algorithm: key.algorithm,
        sealed_private_jwk: sealer.seal(Buffer.from(JSON.stringify(key.privateJwk)), context(key.kid)),
        created_at: key.createdAt,
        signs_from: key.signsFrom,
        retired_at: key.retiredAt ?? null,
      });
      await notifyChange(knex, 'signing-key', key.kid);
    },
    async plan(kid, { signsFrom, retiredAt }) {
      await knex<SigningKeyRow>('signing_keys')
        .where({ kid })
        .update({ signs_from: signsFrom, retired_at: retiredAt ?? null });
      await notifyChange(knex, 'signing-key', kid);
    },
    async remove(kid) {
      const removed = await knex<SigningKeyRow>('signing_keys').where({ kid }).delete();
      await notifyChange(knex, 'signing-key', kid);
      return removed > 0;
    },
  };
}
