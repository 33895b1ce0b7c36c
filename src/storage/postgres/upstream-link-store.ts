import type { Knex } from 'knex';
import type { UpstreamLink, UpstreamLinkStore } from '../../domain/upstream/upstream-link-store.js';

interface UpstreamLinkRow {
  id: string;
  account_id: string;
  provider_id: string;
  issuer: string;
  subject: string;
  email: string | null;
  created_at: Date;
  last_used_at: Date | null;
}

/** Links of accounts with people of other providers. */
export function createUpstreamLinkStore(knex: Knex): UpstreamLinkStore {
  const rows = () => knex<UpstreamLinkRow>('upstream_links');
  return {
    async find(issuer, subject) {
      const row = await rows().where({ issuer, subject }).first();
      return row && toLink(row);
    },
    async list(accountId) {
      const found = await rows().where({ account_id: accountId }).orderBy(['created_at', 'id']);
      return found.map(toLink);
    },
    async insert(link) {
      const inserted = await rows()
        .insert({
          id: link.id,
          account_id: link.accountId,
          provider_id: link.providerId,
          issuer: link.issuer,
          subject: link.subject,
          email: link.email ?? null,
          created_at: link.createdAt,
          last_used_at: link.lastUsedAt ?? null,
        })
        .onConflict(['issuer', 'subject'])
        .ignore()
        .returning('id');
      return inserted.length > 0;
    },
    async noteUse(id, at) {
      await rows().where({ id }).update({ last_used_at: at });
    },
    async remove(accountId, id) {
      // As text: whatever somebody sends as an id names no link rather than being refused by the database.
      const removed = await rows()
        .where({ account_id: accountId })
        .andWhereRaw('id::text = ?', [id.replaceAll('\0', '')])
        .delete();
      return removed > 0;
    },
  };
}

function toLink(row: UpstreamLinkRow): UpstreamLink {
  return {
    id: row.id,
    accountId: row.account_id,
    providerId: row.provider_id,
    issuer: row.issuer,
    subject: row.subject,
    email: row.email ?? undefined,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at ?? undefined,
  };
}
