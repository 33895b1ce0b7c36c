import type { Knex } from 'knex';
import { LostUpdateError } from '../../../src/domain/accounts/account-store.js';
import type { AuditTrail } from '../../../src/domain/audit/audit-log.js';
import type { Stores } from '../../../src/domain/unit-of-work.js';
import { openDatabase } from '../../../src/storage/postgres/database.js';
import { createPostgresUnitsOfWork } from '../../../src/storage/postgres/postgres-unit-of-work.js';
import { createSetupLinkStore } from '../../../src/storage/postgres/setup-link-store.js';
import type { AuditAppender } from '../../../src/storage/postgres/audit-trail.js';
import { openAuditLog } from '../../support/audit-log.js';
import { createFakeClock } from '../../support/fake-clock.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';

const clock = createFakeClock();
const LATER = new Date('2026-11-24T12:00:00Z');

let database: TestDatabase;
let knex: Knex;
let log: ReturnType<typeof openAuditLog>;

beforeEach(async () => {
  database = await createTestDatabase();
  knex = openDatabase({ url: database.url, poolSize: 8, applicationName: 'test' });
  log = openAuditLog(knex, clock);
});

afterEach(async () => {
  await knex.destroy();
  await database.drop();
});

function unitsOn(connection: Knex, appender: AuditAppender = log.appender) {
  const bindStores = (transaction: Knex, audit: AuditTrail): Pick<Stores, 'setupLinks' | 'audit'> => ({
    setupLinks: createSetupLinkStore(transaction),
    audit,
  });
  return createPostgresUnitsOfWork(connection, bindStores, appender);
}

describe('what a unit of work records', () => {
  test('is written with its origin, in its order, when the unit is done', async () => {
    const units = unitsOn(knex).from({ actor: { kind: 'operator' }, address: '192.0.2.1', requestId: 'r' });
    await units.run(async ({ setupLinks, audit }) => {
      audit.record({ type: 'setup_link.issued' });
      await setupLinks.replace(Buffer.alloc(32), LATER);
      audit.record({ type: 'administrator.set_up', actor: { kind: 'user', id: 'ada' } });
      expect(await knex('audit_events')).toEqual([]);
    });
    const { events } = await log.reader.list({ limit: 10 });
    expect(events).toMatchObject([
      { sequence: 2, type: 'administrator.set_up', actor: { kind: 'user', id: 'ada' }, requestId: 'r' },
      { sequence: 1, type: 'setup_link.issued', actor: { kind: 'operator' }, address: '192.0.2.1' },
    ]);
    expect(events[0]?.id.localeCompare(events[1]?.id ?? '')).toBe(1);
  });

  test('is not written when the unit is rolled back', async () => {
    const work = unitsOn(knex)
      .from({ actor: { kind: 'system' } })
      .run(({ audit }) => {
        audit.record({ type: 'setup_link.issued' });
        return Promise.reject(new Error('no'));
      });
    await expect(work).rejects.toThrow('no');
    expect(await log.reader.verify()).toMatchObject({ intact: true, count: 0 });
  });

  test('rolls the unit back when it cannot be written', async () => {
    const appender = { append: () => Promise.reject(new Error('the audit log is full')) };
    const work = unitsOn(knex, appender)
      .from({ actor: { kind: 'system' } })
      .run(async ({ setupLinks, audit }) => {
        await setupLinks.replace(Buffer.alloc(32), LATER);
        audit.record({ type: 'setup_link.issued' });
      });
    await expect(work).rejects.toThrow('the audit log is full');
    expect(await knex('setup_links')).toEqual([]);
  });

  test('is written once when the unit had to run again', async () => {
    let runs = 0;
    await unitsOn(knex)
      .from({ actor: { kind: 'system' } })
      .run(({ audit }) => {
        runs += 1;
        audit.record({ type: 'setup_link.issued', details: { run: runs } });
        return runs < 3 ? Promise.reject(new LostUpdateError()) : Promise.resolve();
      });
    expect((await log.reader.list({ limit: 10 })).events).toMatchObject([
      { sequence: 1, details: { run: 3 } },
    ]);
  });

  test('has neither gap nor fork when two processes append at once', async () => {
    const other = openDatabase({ url: database.url, poolSize: 8, applicationName: 'test-other' });
    const appender = openAuditLog(other, clock, log.key).appender;
    const [one, another] = [unitsOn(knex), unitsOn(other, appender)];
    const outcomes = await Promise.allSettled(
      Array.from({ length: 80 }, (_, index) =>
        (index % 2 ? one : another).from({ actor: { kind: 'user', id: String(index) } }).run(({ audit }) => {
          for (let count = 0; count <= index % 3; count += 1) audit.record({ type: 'user.updated' });
          return index % 10 === 9 ? Promise.reject(new Error('rolled back')) : Promise.resolve();
        }),
      ),
    );
    await other.destroy();
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(8);
    const kept = outcomes.flatMap(({ status }, index) => (status === 'fulfilled' ? [(index % 3) + 1] : []));
    const count = kept.reduce((sum, events) => sum + events, 0);
    expect(await log.reader.verify()).toMatchObject({ intact: true, count });
  });
});
