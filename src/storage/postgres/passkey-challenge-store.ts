import type { Knex } from 'knex';
import type { PasskeyChallengeStore } from '../../domain/passkeys/passkey-challenge-store.js';

interface PasskeyChallengeRow {
  binding_hash: Buffer;
  challenge_hash: Buffer;
  expires_at: Date;
}

/** Challenges, one row for each thing that they belong to. */
export function createPasskeyChallengeStore(knex: Knex): PasskeyChallengeStore {
  const rows = () => knex<PasskeyChallengeRow>('passkey_challenges');
  return {
    async replace({ bindingHash, challengeHash, expiresAt }) {
      await rows()
        .insert({ binding_hash: bindingHash, challenge_hash: challengeHash, expires_at: expiresAt })
        .onConflict('binding_hash')
        .merge(['challenge_hash', 'expires_at']);
    },
    async take(bindingHash, at) {
      const [taken] = await rows().where({ binding_hash: bindingHash }).delete().returning('*');
      return taken && taken.expires_at > at ? taken.challenge_hash : undefined;
    },
    purge: (at) => rows().where('expires_at', '<=', at).delete(),
  };
}
