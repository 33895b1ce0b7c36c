import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { ClientLogoStore, LogoImage, WantedLogo } from '../../domain/branding/client-logo-store.js';
import type { ImageType } from '../../domain/branding/image-type.js';
import { notifyChange, notifying } from './change-feed.js';

const CLAIM = `
  with wanted as (
    select client_id, metadata ->> 'logo_uri' as uri from clients
    where metadata ->> 'logo_uri' is not null and not self_registered
    union all
    select client_id, uri from jsonb_to_recordset(cast(:declared as jsonb)) as declared (client_id text, uri text)
  ), due as (
    select w.client_id, w.uri from wanted w
    left join client_logos l on l.client_id = w.client_id
    where l.client_id is null
       or (l.uri is not null and (l.uri <> w.uri or l.next_fetch_at <= :now))
    order by w.client_id
    limit :limit
  )
  insert into client_logos as l (client_id, uri, next_fetch_at)
  select client_id, uri, :again from due
  on conflict (client_id) do update set uri = excluded.uri, next_fetch_at = excluded.next_fetch_at
  where l.uri is not null and (l.uri <> excluded.uri or l.next_fetch_at <= :now)
  returning l.client_id, l.uri`;

const PUT = `
  insert into client_logos (client_id, uri, next_fetch_at, sha256, media_type, bytes, stored_at)
  values (?, null, null, ?, ?, ?, ?)
  on conflict (client_id) do update set uri = null, next_fetch_at = null, sha256 = excluded.sha256,
    media_type = excluded.media_type, bytes = excluded.bytes, stored_at = excluded.stored_at`;

const PURGE = `
  with gone as (
  delete from client_logos l
  where not exists (
    select from clients c where c.client_id = l.client_id and (l.uri is null or c.metadata ->> 'logo_uri' is not null)
  ) and not exists (
    select from jsonb_to_recordset(?::jsonb) as declared (client_id text, uri text)
    where declared.client_id = l.client_id and (l.uri is null or declared.uri is not null)
  )
  returning client_id
  ) select ${notifying('client-logo', 'client_id')} from gone`;

interface LogoRow {
  readonly client_id: string;
  readonly sha256: Buffer | null;
  readonly media_type: ImageType | null;
  readonly uri: string | null;
  readonly bytes: Buffer | null;
  readonly stored_at: Date | null;
}

/** Logos of clients, one row for each. */
export function createClientLogoStore(knex: Knex): ClientLogoStore {
  return {
    async find(clientId) {
      const row = await knex<LogoRow>('client_logos')
        .where({ client_id: clientId })
        .first('sha256', 'media_type', 'uri', 'stored_at');
      if (!row?.sha256 || !row.media_type || !row.stored_at) return undefined;
      return {
        hash: row.sha256.toString('hex'),
        type: row.media_type,
        uri: row.uri ?? undefined,
        storedAt: row.stored_at,
      };
    },
    async read(hash) {
      const row = await knex<LogoRow>('client_logos')
        .where({ sha256: Buffer.from(hash, 'hex') })
        .first('media_type', 'bytes');
      return row?.media_type && row.bytes ? { type: row.media_type, bytes: row.bytes } : undefined;
    },
    async put(clientId, image, now) {
      const values: Knex.RawBinding[] = [clientId, hashOf(image), image.type, Buffer.from(image.bytes), now];
      await knex.raw(PUT, values);
      await notifyChange(knex, 'client-logo', clientId);
    },
    async remove(clientId) {
      const removed = await knex('client_logos').where({ client_id: clientId }).delete();
      if (removed > 0) await notifyChange(knex, 'client-logo', clientId);
      return removed > 0;
    },
    async claimDue(declared, { now, again, limit }) {
      const result = await knex.raw<{ rows: { client_id: string; uri: string }[] }>(CLAIM, {
        declared: JSON.stringify(declared.map(({ clientId, uri }) => ({ client_id: clientId, uri }))),
        now,
        again,
        limit,
      });
      return result.rows.map(({ client_id, uri }): WantedLogo => ({ clientId: client_id, uri }));
    },
    async keepFetched({ clientId, uri }, image, { now, again }) {
      await knex('client_logos')
        .where({ client_id: clientId, uri })
        .update({
          next_fetch_at: again,
          sha256: hashOf(image),
          media_type: image.type,
          bytes: Buffer.from(image.bytes),
          stored_at: now,
        });
      await notifyChange(knex, 'client-logo', clientId);
    },
    async purge(declared) {
      const rows = JSON.stringify(
        declared.map(({ clientId, uri }) => ({ client_id: clientId, uri: uri ?? null })),
      );
      const result = await knex.raw<{ rowCount: number | null }>(PURGE, [rows]);
      return result.rowCount ?? 0;
    },
  };
}

function hashOf({ bytes }: LogoImage): Buffer {
  return createHash('sha256').update(bytes).digest();
}
