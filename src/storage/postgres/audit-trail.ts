import type { Knex } from 'knex';
import { createAccountIdSource } from '../../domain/accounts/account-id.js';
import type { AttributedEntry, AuditEntry } from '../../domain/audit/audit-event.js';
import type { Clock } from '../../domain/clock.js';
import type { AuditChain, AuditContent, ChainHead } from './audit-chain.js';
import { prepared, runPrepared, runPreparedForObjects } from './prepared-statement.js';

/** Writes entries behind the last event of the log. */
export interface AuditAppender {
  /**
   * Appends in the transaction given, which should then commit at once: until it ends nobody else can append.
   * @throws {Error} when the log was never set up, or its head is gone
   */
  append(transaction: Knex, entries: readonly AttributedEntry[]): Promise<void>;
}

/** Events that are linked to a head, ready to be written behind it. */
export interface LinkedEvents {
  /** The rows as JSON, for `AUDIT_ROWS`. */
  readonly json: string;
  /** Where the log ends once they are written. */
  readonly head: ChainHead & { readonly seal: Buffer };
}

/** An appender that can also be told apart into its steps, for those who lock nothing first. */
export interface ChainedAuditAppender extends AuditAppender {
  /** Where the log ended when this process appended last; another one may have gone on from there. */
  readonly lastHead: ChainHead | undefined;
  link(head: ChainHead, entries: readonly AttributedEntry[]): LinkedEvents;
  /** Says that events are written for good. */
  wrote(linked: LinkedEvents, entries: readonly AttributedEntry[]): void;
}

export interface AuditAppenderOptions {
  readonly chain: AuditChain;
  readonly clock: Clock;
  /** Hears of each entry once it is written for good, for metrics; it must not fail. */
  readonly written?: ((entry: AuditEntry) => void) | undefined;
}

/** The lock comes before the hashes, because each of them covers the one before. */
const LOCK_HEAD = prepared(
  'audit_lock_head',
  'select sequence, hash, seal from audit_chain where id = 1 for update',
);

const COLUMNS = `sequence, id, at, type, actor_kind, actor_id, subject_kind, subject_id, client_id,
  address, user_agent, request_id, details`;

/** Binding: `LinkedEvents.json`. */
export const INSERT_AUDIT_ROWS = `
    insert into audit_events (${COLUMNS}, hash)
    select ${COLUMNS}, decode(hash, 'hex')
    from jsonb_to_recordset(?::jsonb) as row (
      sequence bigint, id uuid, at timestamptz, type text, actor_kind text, actor_id text, subject_kind text,
      subject_id text, client_id text, address text, user_agent text, request_id text, details jsonb, hash text
    )`;

/** Bindings: the rows as JSON, sequence, hash and seal of the new head. One statement: rows and head never differ. */
const APPEND = prepared(
  'audit_append',
  `
  with appended as (
    ${INSERT_AUDIT_ROWS}
    order by sequence
  )
  update audit_chain set sequence = ?, hash = ?, seal = ? where id = 1`,
);

const newEventId = createAccountIdSource();

/** Appends to the chain in `audit_events`. */
export function createAuditAppender({ chain, clock, written }: AuditAppenderOptions): ChainedAuditAppender {
  let lastHead: ChainHead | undefined;

  const link = (head: ChainHead, entries: readonly AttributedEntry[]): LinkedEvents => {
    const at = clock.now();
    const rows: (AuditContent & { readonly hash: string })[] = [];
    let { hash } = head;
    for (const [index, attributed] of entries.entries()) {
      const content = toContent(attributed, head.sequence + 1 + index, at);
      hash = chain.link(hash, content);
      rows.push({ ...content, hash: hash.toString('hex') });
    }
    const sequence = head.sequence + rows.length;
    return { json: JSON.stringify(rows), head: { sequence, hash, seal: chain.seal(sequence, hash) } };
  };

  const wrote = ({ head }: LinkedEvents, entries: readonly AttributedEntry[]): void => {
    // Those who commit at the same time say so in any order.
    if (lastHead === undefined || head.sequence > lastHead.sequence) lastHead = head;
    if (written) for (const { entry } of entries) written(entry);
  };

  return {
    get lastHead() {
      return lastHead;
    },
    link,
    wrote,
    async append(transaction, entries) {
      if (entries.length === 0) return;
      const [head] = await runPreparedForObjects<ChainHead>(transaction, LOCK_HEAD, []);
      if (head === undefined) throw new Error('the head of the audit log is gone; see docs/audit.md');
      const linked = link(head, entries);
      const { sequence, hash, seal } = linked.head;
      await runPrepared(transaction, APPEND, [linked.json, sequence, hash, seal]);
      whenCommitted(transaction, () => {
        wrote(linked, entries);
      });
    },
  };
}

/** A transaction that rolls back has written nothing, whatever it appended. */
function whenCommitted(transaction: Knex, tell: () => void): void {
  if (!('executionPromise' in transaction)) return;
  Promise.resolve(transaction.executionPromise).then(tell, () => undefined);
}

function toContent({ origin, entry }: AttributedEntry, sequence: number, at: Date): AuditContent {
  const actor = entry.actor ?? origin.actor;
  return {
    sequence,
    id: newEventId(at),
    at,
    type: entry.type,
    actor_kind: actor.kind,
    actor_id: actor.id ?? null,
    subject_kind: entry.subject?.kind ?? null,
    subject_id: entry.subject?.id ?? null,
    client_id: entry.clientId ?? null,
    address: origin.address ?? null,
    user_agent: origin.userAgent ?? null,
    request_id: origin.requestId ?? null,
    details: entry.details ?? {},
  };
}
