import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import type { AuditEntry, AuditOrigin } from '../../src/domain/audit/audit-event.js';
import type { Clock } from '../../src/domain/clock.js';
import { createKeyedHash } from '../../src/security/derive-key.js';
import { createAuditChain } from '../../src/storage/postgres/audit-chain.js';
import { createAuditReader } from '../../src/storage/postgres/audit-reader.js';
import { createAuditAppender } from '../../src/storage/postgres/audit-trail.js';

const SYSTEM: AuditOrigin = { actor: { kind: 'system' } };

/** The audit log of a test database, under a key of its own. */
export function openAuditLog(knex: Knex, clock: Clock, key = randomBytes(32)) {
  const chain = createAuditChain(createKeyedHash(key));
  const appender = createAuditAppender({ chain, clock });
  return {
    key,
    chain,
    appender,
    reader: createAuditReader(knex, chain),
    /** Appends entries in one transaction. */
    append: (entries: readonly AuditEntry[], origin: AuditOrigin = SYSTEM): Promise<void> =>
      knex.transaction((transaction) =>
        appender.append(
          transaction,
          entries.map((entry) => ({ origin, entry })),
        ),
      ),
    /** Changes the log as somebody with all rights in the database would. */
    async tamper(...statements: readonly string[]): Promise<void> {
      await knex.transaction(async (transaction) => {
        await transaction.raw('alter table audit_events disable trigger user');
        await transaction.raw('alter table audit_chain disable trigger user');
        for (const statement of statements) await transaction.raw(statement);
        await transaction.raw('alter table audit_events enable trigger user');
        await transaction.raw('alter table audit_chain enable trigger user');
      });
    },
  };
}
