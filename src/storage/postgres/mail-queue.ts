import type { Knex } from 'knex';
import type { KeptMail, LeasedMail, MailQueue } from '../../domain/mail/mail-queue.js';
import type { Sealer } from '../../domain/sealing.js';
import { notifyChange } from './change-feed.js';
import { openMail, toMailRecord, type MailRow } from './mail-row.js';

/** Served by mail_outbox_due_index and mail_outbox_dead_index. */
const BACKLOG = `
  select
    (select count(*) from mail_outbox where state = 'pending') as pending,
    (select count(*) from mail_outbox where state = 'dead') as dead`;

/** The mails, for those who deliver and look after them. */
export function createMailQueue(knex: Knex, sealer: Sealer): MailQueue {
  const table = () => knex<MailRow>('mail_outbox');
  const kept = (rows: readonly MailRow[]): KeptMail[] =>
    rows.flatMap((row) => {
      const mail = openMail(sealer, row);
      return mail ? [{ record: toMailRecord(row), mail }] : [];
    });

  return {
    async lease({ now, until, countSince, most }) {
      // One statement: what another worker holds at this moment is passed over and not waited for.
      const { rows } = await knex.raw<{ rows: (MailRow & { sent_lately: number })[] }>(
        `update mail_outbox as leased set attempts = leased.attempts + 1, next_attempt_at = :until
         where id in (
           select id from mail_outbox where state = 'pending' and next_attempt_at <= :now
           order by next_attempt_at, id limit :most for update skip locked
         )
         returning leased.*, (
           select count(*) from mail_outbox as other
           where other.recipient_hash = leased.recipient_hash and other.kind = leased.kind
             and other.state = 'sent' and other.settled_at > :countSince
         ) as sent_lately`,
        { now, until, countSince, most },
      );
      return rows
        .map((row): LeasedMail => ({
          id: row.id,
          attempt: row.attempts,
          expiresAt: row.expires_at,
          sentLately: row.sent_lately,
          mail: openMail(sealer, row),
        }))
        .sort((a, b) => (a.id < b.id ? -1 : 1));
    },
    async settle({ id, attempt }, outcome) {
      const changes =
        outcome.state === 'pending'
          ? { next_attempt_at: outcome.nextAttemptAt, last_error: outcome.fault }
          : {
              state: outcome.state,
              settled_at: outcome.at,
              last_error: outcome.state === 'dead' ? outcome.fault : null,
              ...(outcome.keepContent ? {} : { sealed_payload: null }),
            };
      return (await table().where({ id, attempts: attempt, state: 'pending' }).update(changes)) > 0;
    },
    async nextDueAt() {
      const row = await table()
        .where({ state: 'pending' })
        .orderBy('next_attempt_at')
        .first('next_attempt_at');
      return row?.next_attempt_at;
    },
    async list({ state, before, limit }) {
      const query = table().orderBy('id', 'desc').limit(limit);
      if (state !== undefined) void query.where({ state });
      if (before !== undefined) void query.where('id', '<', before);
      return (await query).map(toMailRecord);
    },
    async find(id) {
      const row = await table().where({ id }).first();
      return row && toMailRecord(row);
    },
    async backlog() {
      const { rows } = await knex.raw<{ rows: [{ pending: number; dead: number }] }>(BACKLOG);
      return rows[0];
    },
    async listKept(limit) {
      return kept(await table().whereNotNull('sealed_payload').orderBy('id', 'desc').limit(limit));
    },
    async findKept(id) {
      const row = await table().where({ id }).first();
      return row && kept([row])[0];
    },
    async revive(at, id) {
      const revived = await table()
        .where({ state: 'dead', ...(id === undefined ? {} : { id }) })
        .where('expires_at', '>', at)
        .whereNotNull('sealed_payload')
        .update({ state: 'pending', attempts: 0, next_attempt_at: at, settled_at: null })
        .returning('id');
      if (revived.length > 0) await notifyChange(knex, 'mail', 'added');
      return revived.map((row) => row.id);
    },
    purge: (settledBefore) => table().where('settled_at', '<', settledBefore).delete(),
    eraseContents: ({ sentBefore, expiredBy }) =>
      table()
        .whereNotNull('sealed_payload')
        .whereRaw("((state = 'sent' and settled_at < ?) or (state = 'dead' and expires_at <= ?))", [
          sentBefore,
          expiredBy,
        ])
        .update({ sealed_payload: null }),
  };
}
