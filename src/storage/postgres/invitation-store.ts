import type { Knex } from 'knex';
import type { Invitation, InvitationContent, InvitationStore } from '../../domain/invitations/invitation.js';
import type { Sealer } from '../../domain/sealing.js';

interface InvitationRow {
  id: string;
  email_hash: Buffer;
  token_hash: Buffer;
  sealed: Buffer;
  created_at: Date;
  expires_at: Date;
}

/** Invitations, whose content is sealed. */
export function createInvitationStore(knex: Knex, sealer: Sealer): InvitationStore {
  const live = (at: Date) => knex<InvitationRow>('invitations').where('expires_at', '>', at);
  const toInvitation = (row: InvitationRow): Invitation => ({
    id: row.id,
    emailHash: row.email_hash,
    tokenHash: row.token_hash,
    content: JSON.parse(sealer.open(row.sealed, Buffer.from(row.id)).toString()) as InvitationContent,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  });
  return {
    async replace({ id, emailHash, tokenHash, content, createdAt, expiresAt }) {
      const row: InvitationRow = {
        id,
        email_hash: emailHash,
        token_hash: tokenHash,
        sealed: sealer.seal(Buffer.from(JSON.stringify(content)), Buffer.from(id)),
        created_at: createdAt,
        expires_at: expiresAt,
      };
      await knex<InvitationRow>('invitations').insert(row).onConflict('email_hash').merge();
    },
    async findByToken(tokenHash, at) {
      const row = await live(at).where({ token_hash: tokenHash }).first();
      return row && toInvitation(row);
    },
    async list({ at, limit, after }) {
      const found = live(at).orderBy('id').limit(limit);
      const rows = await (after === undefined ? found : found.where('id', '>', after));
      return rows.map(toInvitation);
    },
    redeem: async (id, at) => (await live(at).where({ id }).delete()) > 0,
    purge: (at) => knex<InvitationRow>('invitations').where('expires_at', '<=', at).delete(),
  };
}
