import type { Knex } from 'knex';
import type { AuditEntry, AuditOrigin } from '../../../src/domain/audit/audit-event.js';
import { verifyAuditLog } from '../../../src/domain/audit/verify-audit-log.js';
import { openDatabase } from '../../../src/storage/postgres/database.js';
import { openAuditLog } from '../../support/audit-log.js';
import { createFakeClock } from '../../support/fake-clock.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';

let database: TestDatabase;
let knex: Knex;
let log: ReturnType<typeof openAuditLog>;

const origin: AuditOrigin = {
  actor: { kind: 'user', id: 'root' },
  address: '192.0.2.7',
  userAgent: 'Browser/1.0 (ünusual)',
  requestId: 'r-1',
};
const entry = (index: number): AuditEntry => ({
  type: 'user.updated',
  subject: { kind: 'user', id: `user-${index}` },
  clientId: 'shop',
  details: { z: index, changed: ['email'], a: { y: null, b: [1, true, 'x'] } },
});

beforeEach(async () => {
  database = await createTestDatabase();
  knex = openDatabase({ url: database.url, poolSize: 4, applicationName: 'test' });
  log = openAuditLog(knex, createFakeClock(new Date('2026-11-23T12:00:00.123Z')));
  await log.append([entry(1), entry(2), entry(3)], origin);
  await log.append([entry(4), entry(5)], origin);
});

afterEach(async () => {
  await knex.destroy();
  await database.drop();
});

describe('the chain of the audit log (S74)', () => {
  test('holds when nobody touched it', async () => {
    expect(await log.reader.verify()).toMatchObject({ intact: true, count: 5 });
    expect((await log.reader.list({ limit: 1 })).events).toEqual([
      {
        ...origin,
        ...entry(5),
        sequence: 5,
        id: expect.any(String) as string,
        at: new Date('2026-11-23T12:00:00.123Z'),
      },
    ]);
  });

  test('holds when it is empty', async () => {
    const fresh = await createTestDatabase();
    const connection = openDatabase({ url: fresh.url, poolSize: 1, applicationName: 'test' });
    expect(await openAuditLog(connection, createFakeClock()).reader.verify()).toMatchObject({
      intact: true,
      count: 0,
    });
    await connection.destroy();
    await fresh.drop();
  });

  test('holds over more events than are read at a time', async () => {
    await log.append(Array.from({ length: 2_500 }, (_, index) => entry(index)));
    expect(await log.reader.verify()).toMatchObject({ intact: true, count: 2_505 });
    await log.tamper(`update audit_events set type = 'user.deleted' where sequence = 2001`);
    expect(await log.reader.verify()).toEqual({ intact: false, sequence: 2_001, problem: 'changed' });
  });

  test.each([
    `id = '00000000-0000-7000-8000-000000000000'`,
    `at = at + interval '1 millisecond'`,
    `type = 'user.deleted'`,
    `actor_kind = 'operator'`,
    `actor_id = null`,
    `subject_kind = 'client'`,
    `subject_id = 'somebody-else'`,
    `client_id = null`,
    `address = '192.0.2.8'`,
    `user_agent = 'Another'`,
    `request_id = ''`,
    `details = details || '{"a": {"y": null, "b": [1, true, "X"]}}'`,
    `details = details - 'z'`,
    `hash = decode(repeat('ab', 32), 'hex')`,
  ])('breaks when a row is changed: %s', async (change) => {
    await log.tamper(`update audit_events set ${change} where sequence = 3`);
    expect(await log.reader.verify()).toEqual({ intact: false, sequence: 3, problem: 'changed' });
  });

  test('breaks when a row is missing, also when the others close up', async () => {
    await log.tamper('delete from audit_events where sequence = 2');
    expect(await log.reader.verify()).toEqual({ intact: false, sequence: 2, problem: 'missing' });
    await log.tamper(
      'update audit_events set sequence = sequence - 1 where sequence = 3',
      'update audit_events set sequence = sequence - 1 where sequence = 4',
      'update audit_events set sequence = sequence - 1 where sequence = 5',
      'update audit_chain set sequence = 4',
    );
    expect(await log.reader.verify()).toEqual({ intact: false, sequence: 2, problem: 'changed' });
  });

  test('breaks when the first row is missing', async () => {
    await log.tamper('delete from audit_events where sequence = 1');
    expect(await log.reader.verify()).toEqual({ intact: false, sequence: 1, problem: 'missing' });
  });

  test('breaks when the tail is missing', async () => {
    await log.tamper('delete from audit_events where sequence > 3');
    expect(await log.reader.verify()).toEqual({ intact: false, sequence: 4, problem: 'missing' });
  });

  test('breaks when the tail is missing and the head was set back', async () => {
    await log.tamper(
      'delete from audit_events where sequence > 3',
      'update audit_chain set sequence = 3, hash = (select hash from audit_events where sequence = 3)',
    );
    expect(await log.reader.verify()).toEqual({ intact: false, sequence: 4, problem: 'head_mismatch' });
  });

  test('breaks when the head is gone, or says that there is nothing while there is', async () => {
    await log.tamper(
      `update audit_chain set sequence = 0, hash = decode(repeat('00', 32), 'hex'), seal = null`,
    );
    expect(await log.reader.verify()).toEqual({ intact: false, sequence: 6, problem: 'head_mismatch' });
    await log.tamper('delete from audit_chain');
    expect(await log.reader.verify()).toEqual({ intact: false, sequence: 6, problem: 'head_mismatch' });
    await expect(log.append([entry(6)])).rejects.toThrow('the head of the audit log is gone');
  });

  test('breaks when two rows have changed places', async () => {
    await log.tamper(
      'update audit_events set sequence = 99 where sequence = 2',
      'update audit_events set sequence = 2 where sequence = 3',
      'update audit_events set sequence = 3 where sequence = 99',
    );
    expect(await log.reader.verify()).toEqual({ intact: false, sequence: 2, problem: 'changed' });
  });

  test('breaks for somebody who appends without the key', async () => {
    await openAuditLog(knex, createFakeClock()).append([entry(6)]);
    expect(await log.reader.verify()).toEqual({ intact: false, sequence: 6, problem: 'changed' });
  });

  test('is refused as audit_log_broken, naming the place', async () => {
    await log.tamper('delete from audit_events where sequence = 2');
    await expect(verifyAuditLog(log.reader)).rejects.toMatchObject({
      code: 'audit_log_broken',
      message: expect.stringContaining('event 2 is missing') as string,
      faults: [{ field: 'sequence/2', code: 'missing' }],
    });
  });

  test.each([
    `update audit_events set type = 'x' where sequence = 1`,
    'update audit_events set type = type where false',
    'delete from audit_events where sequence = 5',
    'truncate audit_events',
    'delete from audit_chain',
    'truncate audit_chain',
  ])('the database itself refuses: %s', async (statement) => {
    await expect(knex.raw(statement)).rejects.toMatchObject({ code: '23001' });
    expect(await log.reader.verify()).toMatchObject({ intact: true, count: 5 });
  });
});
