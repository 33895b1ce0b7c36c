import type { Knex } from 'knex';
import type { AuditEntry } from '../../../src/domain/audit/audit-event.js';
import type { AuditQuery } from '../../../src/domain/audit/audit-log.js';
import { openDatabase } from '../../../src/storage/postgres/database.js';
import { openAuditLog } from '../../support/audit-log.js';
import { createFakeClock } from '../../support/fake-clock.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';

const clock = createFakeClock(new Date('2026-11-23T12:00:00Z'));

let database: TestDatabase;
let knex: Knex;
let log: ReturnType<typeof openAuditLog>;

const ada = { kind: 'user', id: 'ada' } as const;
const bob = { kind: 'user', id: 'bob' } as const;
const ENTRIES: readonly AuditEntry[] = [
  { type: 'user.created', actor: { kind: 'operator' }, subject: ada },
  { type: 'sign_in.succeeded', actor: ada, subject: ada, clientId: 'shop' },
  { type: 'sign_in.failed', actor: { kind: 'anonymous' }, subject: bob, clientId: 'shop' },
  { type: 'user.disabled', actor: ada, subject: bob },
  { type: 'client.updated', actor: ada, subject: { kind: 'client', id: 'shop' }, clientId: 'shop' },
  { type: 'sign_in.failed', actor: { kind: 'anonymous' } },
];

beforeAll(async () => {
  database = await createTestDatabase();
  knex = openDatabase({ url: database.url, poolSize: 2, applicationName: 'test' });
  log = openAuditLog(knex, clock);
  for (const [index, entry] of ENTRIES.entries()) {
    await log.append([entry], { actor: { kind: 'system' }, requestId: `request-${index + 1}` });
    clock.advance(60);
  }
});

afterAll(async () => {
  await knex.destroy();
  await database.drop();
});

const found = async (query: Partial<AuditQuery>): Promise<number[]> =>
  (await log.reader.list({ limit: 100, ...query })).events.map(({ sequence }) => sequence);

describe('the list of events', () => {
  test.each<[string, Partial<AuditQuery>, number[]]>([
    ['nothing', {}, [6, 5, 4, 3, 2, 1]],
    ['types', { types: ['sign_in.failed', 'user.created'] }, [6, 3, 1]],
    ['no type', { types: [] }, []],
    ['actor', { actorId: 'ada' }, [5, 4, 2]],
    ['subject', { subjectId: 'bob' }, [4, 3]],
    ['user, each event once', { userId: 'ada' }, [5, 4, 2, 1]],
    ['user and type', { userId: 'ada', types: ['user.disabled'] }, [4]],
    ['client', { clientId: 'shop' }, [5, 3, 2]],
    ['request', { requestId: 'request-2' }, [2]],
    ['since', { since: new Date('2026-11-23T12:04:00Z') }, [6, 5]],
    ['until', { until: new Date('2026-11-23T12:02:00Z') }, [2, 1]],
    ['before', { before: 3 }, [2, 1]],
    ['all at once', { userId: 'bob', clientId: 'shop', before: 6, since: new Date(0) }, [3]],
    ['SQL', { userId: `' or true --`, clientId: `'; drop table audit_events; --` }, []],
  ])('is filtered by %s', async (_, query, expected) => {
    expect(await found(query)).toEqual(expected);
  });

  test.each([{}, { userId: 'ada' }])('comes in pages that join without gap (%j)', async (filter) => {
    const all = await found(filter);
    const paged: number[] = [];
    let before: number | undefined;
    do {
      const page = await log.reader.list({
        ...filter,
        limit: 2,
        ...(before === undefined ? {} : { before }),
      });
      expect(page.events.length).toBe(Math.min(2, all.length - paged.length));
      paged.push(...page.events.map(({ sequence }) => sequence));
      before = page.next;
    } while (before !== undefined);
    expect(paged).toEqual(all);
  });
});
