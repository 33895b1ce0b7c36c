import type { Knex } from 'knex';
import type { AuditQuery, AuditReader, AuditVerdict } from '../../domain/audit/audit-log.js';
import { BEGINNING, toAuditEvent, type AuditChain, type AuditRow, type ChainHead } from './audit-chain.js';
import { asUnavailable } from './unavailable.js';

/** Events read at a time. */
const BATCH = 1_000;

type AuditRows = Knex.QueryBuilder<AuditRow, AuditRow[]>;

/** The audit log for reading. */
export function createAuditReader(knex: Knex, chain: AuditChain): AuditReader {
  return {
    async list(query) {
      const found = await newestFirst(knex, query, query.limit + 1).catch((error: unknown) => {
        throw asUnavailable(error);
      });
      const events = found.slice(0, query.limit).map(toAuditEvent);
      return { events, next: found.length > query.limit ? events.at(-1)?.sequence : undefined };
    },
    async verify() {
      try {
        // One snapshot: what is appended meanwhile is not looked at.
        return await knex.transaction((transaction) => verifyAuditChain(transaction, chain), {
          isolationLevel: 'repeatable read',
          readOnly: true,
        });
      } catch (error) {
        throw asUnavailable(error);
      }
    },
  };
}

async function newestFirst(knex: Knex, query: AuditQuery, limit: number): Promise<AuditRow[]> {
  const matching = (column?: 'actor_id' | 'subject_id') => {
    const rows = filtered(knex<AuditRow>('audit_events'), query);
    if (column !== undefined && query.userId !== undefined) void rows.where(column, query.userId);
    return rows.orderBy('sequence', 'desc').limit(limit);
  };
  if (query.userId === undefined) return matching().select('*');
  // One index each; an `or` would make PostgreSQL read all events of either kind and sort them.
  return (await knex
    .queryBuilder()
    .union([matching('actor_id').select('*'), matching('subject_id').select('*')], true)
    .orderBy('sequence', 'desc')
    .limit(limit)) as AuditRow[];
}

function filtered(rows: AuditRows, query: AuditQuery): AuditRows {
  const { before, types, actorId, subjectId, clientId, requestId, since, until } = query;
  if (before !== undefined) void rows.where('sequence', '<', before);
  if (types !== undefined) void rows.whereIn('type', [...types]);
  if (actorId !== undefined) void rows.where('actor_id', actorId);
  if (subjectId !== undefined) void rows.where('subject_id', subjectId);
  if (clientId !== undefined) void rows.where('client_id', clientId);
  if (requestId !== undefined) void rows.where('request_id', requestId);
  if (since !== undefined) void rows.where('at', '>=', since);
  if (until !== undefined) void rows.where('at', '<', until);
  return rows;
}

/** Walks the chain from its beginning to its head, in batches. @param transaction in which nothing is appended meanwhile */
export async function verifyAuditChain(transaction: Knex, chain: AuditChain): Promise<AuditVerdict> {
  let previous: Buffer = BEGINNING;
  let sequence = 0;
  for (;;) {
    const rows = await transaction<AuditRow>('audit_events')
      .where('sequence', '>', sequence)
      .orderBy('sequence')
      .limit(BATCH);
    for (const row of rows) {
      sequence += 1;
      if (row.sequence !== sequence) return { intact: false, sequence, problem: 'missing' };
      const expected = chain.link(previous, row);
      if (!expected.equals(row.hash)) return { intact: false, sequence, problem: 'changed' };
      previous = expected;
    }
    if (rows.length < BATCH) break;
  }
  return verifyHead(await transaction<ChainHead>('audit_chain').first(), chain, { sequence, hash: previous });
}

function verifyHead(
  head: ChainHead | undefined,
  chain: AuditChain,
  last: { readonly sequence: number; readonly hash: Buffer },
): AuditVerdict {
  const isSealed =
    head !== undefined &&
    (head.sequence === 0
      ? head.seal === null && head.hash.equals(BEGINNING)
      : head.seal?.equals(chain.seal(head.sequence, head.hash)) === true);
  if (isSealed && head.sequence > last.sequence) {
    return { intact: false, sequence: last.sequence + 1, problem: 'missing' };
  }
  if (!isSealed || head.sequence !== last.sequence || !head.hash.equals(last.hash)) {
    return { intact: false, sequence: last.sequence + 1, problem: 'head_mismatch' };
  }
  return { intact: true, count: last.sequence, head: last.hash.toString('hex') };
}
