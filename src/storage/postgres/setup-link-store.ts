import type { Knex } from 'knex';
import type { SetupLinkStore } from '../../domain/administrators/setup-link-store.js';

interface SetupLinkRow {
  singleton: boolean;
  token_hash: Buffer;
  expires_at: Date;
}

/** The set-up link, in a table that holds one row. */
export function createSetupLinkStore(knex: Knex): SetupLinkStore {
  const live = (at: Date) => knex<SetupLinkRow>('setup_links').where('expires_at', '>', at);

  return {
    async replace(tokenHash, expiresAt) {
      await knex<SetupLinkRow>('setup_links')
        .insert({ singleton: true, token_hash: tokenHash, expires_at: expiresAt })
        .onConflict('singleton')
        .merge();
    },
    async matches(tokenHash, at) {
      return (await live(at).where({ token_hash: tokenHash }).first('singleton')) !== undefined;
    },
    async redeem(tokenHash, at) {
      return (await live(at).where({ token_hash: tokenHash }).delete()) > 0;
    },
    async isLive(at) {
      return (await live(at).first('singleton')) !== undefined;
    },
  };
}
