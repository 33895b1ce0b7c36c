import type { Knex } from 'knex';
import type { AttributedEntry } from '../../domain/audit/audit-event.js';
import type { Consent } from '../../domain/consents/consent.js';
import type { AddingUnitsOfWork } from '../../domain/unit-of-work.js';
import { INSERT_AUDIT_ROWS, type ChainedAuditAppender } from './audit-trail.js';
import { BatchLane, type LaneWatcher } from './batch-lane.js';
import { createConsentStore, INSERT_CONSENTS, ON_EARLIER_CONSENT } from './consent-store.js';
import { lostAgainstAnother, runTransaction } from './postgres-unit-of-work.js';
import { prepared, runPrepared } from './prepared-statement.js';
import { asUnavailable } from './unavailable.js';

interface Added {
  readonly consents: readonly Consent[];
  readonly entries: readonly AttributedEntry[];
}

/**
 * Adds consents and events behind a head that was known before: everything, or nothing where the log has gone on since.
 * Accounts and earlier consents are locked before the head, as transactions do that lock it last.
 * Bindings: consents as JSON, sequence, hash and seal of the new head, sequence and hash of the known one, rows as JSON.
 * Answers whether it was added.
 */
const ADD = prepared(
  'audit_add',
  `
  with wanted as (
    select * from jsonb_to_recordset(?::jsonb) as w (
      "accountId" uuid, "clientId" text, scopes text[], claims text[], "resourceScopes" jsonb, "grantedAt" timestamptz
    )
  ), accounts_held as (
    select from accounts where id = any (array(select "accountId" from wanted)) order by id for key share
  ), consents_held as (
    select from (select "accountId", "clientId" from wanted order by 1, 2) as w
    cross join lateral (
      select from consents where account_id = w."accountId" and client_id = w."clientId" limit 1 for update
    ) as earlier
  ), head as (
    update audit_chain set sequence = ?, hash = ?, seal = ?
    where id = 1 and sequence = ? and hash = ?
      and (select count(*) from accounts_held) >= 0 and (select count(*) from consents_held) >= 0
    returning 1
  ), appended as (
    ${INSERT_AUDIT_ROWS}
    where exists (select from head)
    order by sequence
  ), added as (
    ${INSERT_CONSENTS}
    select "accountId", "clientId", scopes, claims, "resourceScopes", "grantedAt" from wanted
    where exists (select from head)
    ${ON_EARLIER_CONSENT}
  )
  select exists (select from head)`,
);

/**
 * Units of work that only add. Those of concurrent requests are written by one statement, without a transaction around it:
 * it takes the end of the audit log as this process knows it, and adds nothing where another one has appended since. Then
 * there is a transaction that locks the head first, as everywhere.
 */
export function createAddingUnitsOfWork(
  knex: Knex,
  auditLog: ChainedAuditAppender,
  watchLane?: LaneWatcher,
): AddingUnitsOfWork {
  /** @returns false when nothing was added */
  const addBehindLastHead = async ({ consents, entries }: Added): Promise<boolean> => {
    const { lastHead } = auditLog;
    if (!lastHead || entries.length === 0) return false;
    const linked = auditLog.link(lastHead, entries);
    const { sequence, hash, seal } = linked.head;
    try {
      const [answer] = await runPrepared<[isAdded: boolean]>(knex, ADD, [
        JSON.stringify(consents),
        ...[sequence, hash, seal, lastHead.sequence, lastHead.hash],
        linked.json,
      ]);
      if (answer?.[0] !== true) return false;
    } catch (error) {
      if (lostAgainstAnother(error)) return false;
      throw error;
    }
    auditLog.wrote(linked, entries);
    return true;
  };

  const addLocking = ({ consents, entries }: Added): Promise<void> =>
    runTransaction(knex, async (transaction) => {
      const store = createConsentStore(transaction);
      for (const consent of consents) await store.add(consent);
      await auditLog.append(transaction, entries);
    });

  const lane = new BatchLane<Added, undefined>({
    // One event follows the other, so two batches at a time would only be in each other's way.
    concurrency: 1,
    maxBatch: 256,
    maxQueue: 10_000,
    conflictKeys: ({ consents }) => consents.map(({ accountId, clientId }) => `${accountId} ${clientId}`),
    async execute(batch) {
      const all = {
        consents: batch.flatMap(({ consents }) => consents),
        entries: batch.flatMap(({ entries }) => entries),
      };
      try {
        if (!(await addBehindLastHead(all))) await addLocking(all);
        return batch.map(() => undefined);
      } catch (error) {
        throw asUnavailable(error);
      }
    },
  });
  watchLane?.(ADD.name, () => lane.load);

  return {
    from: (origin) => ({
      async run(work) {
        const consents: Consent[] = [];
        const entries: AttributedEntry[] = [];
        const result = await work({
          consents: {
            add(consent) {
              consents.push(consent);
              return Promise.resolve();
            },
          },
          audit: { record: (entry) => void entries.push({ origin, entry }) },
        });
        if (consents.length + entries.length > 0) await lane.run({ consents, entries });
        return result;
      },
    }),
  };
}
