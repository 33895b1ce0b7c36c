import type { Knex } from 'knex';
import type {
  Registration,
  RegistrationContent,
  RegistrationStore,
} from '../../domain/registrations/registration.js';
import type { Sealer } from '../../domain/sealing.js';

interface RegistrationRow {
  id: string;
  email_hash: Buffer;
  browser_hash: Buffer;
  token_hash: Buffer;
  code_hash: Buffer;
  sealed: Buffer;
  expires_at: Date;
}

/** Registrations, whose content is sealed: nobody finds out from the database who was about to sign up. */
export function createRegistrationStore(knex: Knex, sealer: Sealer): RegistrationStore {
  const live = (at: Date) => knex<RegistrationRow>('registrations').where('expires_at', '>', at);
  const toRegistration = (row: RegistrationRow): Registration => ({
    id: row.id,
    emailHash: row.email_hash,
    browserHash: row.browser_hash,
    tokenHash: row.token_hash,
    codeHash: row.code_hash,
    content: JSON.parse(sealer.open(row.sealed, Buffer.from(row.id)).toString()) as RegistrationContent,
    expiresAt: row.expires_at,
  });
  return {
    async replace({ id, emailHash, browserHash, tokenHash, codeHash, content, expiresAt }) {
      const row: RegistrationRow = {
        id,
        email_hash: emailHash,
        browser_hash: browserHash,
        token_hash: tokenHash,
        code_hash: codeHash,
        sealed: sealer.seal(Buffer.from(JSON.stringify(content)), Buffer.from(id)),
        expires_at: expiresAt,
      };
      await knex<RegistrationRow>('registrations').insert(row).onConflict('email_hash').merge();
    },
    async findByBrowser(browserHash, at) {
      const row = await live(at).where({ browser_hash: browserHash }).first();
      return row && toRegistration(row);
    },
    async findByToken(tokenHash, at) {
      const row = await live(at).where({ token_hash: tokenHash }).first();
      return row && toRegistration(row);
    },
    redeem: async (id, at) => (await live(at).where({ id }).delete()) > 0,
    purge: (at) => knex<RegistrationRow>('registrations').where('expires_at', '<=', at).delete(),
  };
}
