import type { Knex } from 'knex';
import { openDatabase } from '../../../src/storage/postgres/database.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';

let testDatabase: TestDatabase;
let database: Knex;

beforeEach(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase({ url: testDatabase.url, poolSize: 2, applicationName: 'latchkey test' });
});

afterEach(async () => {
  await database.destroy();
  await testDatabase.drop();
});

async function scalar(sql: string): Promise<unknown> {
  const { rows } = await database.raw<{ rows: { value: unknown }[] }>(`select (${sql}) as value`);
  return rows[0]?.value;
}

test('connects under its name, and with an end to every wait (S77)', async () => {
  expect(await scalar(`current_setting('application_name')`)).toBe('latchkey test');
  expect(await scalar(`current_setting('statement_timeout')`)).toBe('10s');
  expect(await scalar(`current_setting('lock_timeout')`)).toBe('5s');
  expect(await scalar(`current_setting('idle_in_transaction_session_timeout')`)).toBe('15s');
});

test('lets the URL set a time-out of its own', async () => {
  const url = new URL(testDatabase.url);
  url.searchParams.set('statement_timeout', '20');
  const impatient = openDatabase({ url: url.href, poolSize: 1, applicationName: 'latchkey test' });
  try {
    await expect(impatient.raw('select pg_sleep(60)')).rejects.toMatchObject({ code: '57014' });
  } finally {
    await impatient.destroy();
  }
});

test('opens no more connections than the pool holds, and works on when they are free again', async () => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, () =>
      scalar(`select count(*) from pg_stat_activity where datname = current_database()`),
    ),
  );

  expect(Math.max(...answers.map(Number))).toBe(2);
});

test('reads int8 as a number, and fails rather than round one', async () => {
  expect(await scalar('9007199254740991::int8')).toBe(9007199254740991);
  expect(await scalar('-9007199254740991::int8')).toBe(-9007199254740991);
  expect(await scalar('select count(*) from accounts')).toBe(0);
  await expect(scalar('9007199254740992::int8')).rejects.toThrow(
    'The int8 9007199254740992 does not fit into a number.',
  );
  expect(await scalar('1')).toBe(1);
});

test('reads timestamptz as the same moment, and other types as pg does', async () => {
  expect(await scalar(`'2026-11-23T12:00:00.5+02'::timestamptz`)).toEqual(
    new Date('2026-11-23T10:00:00.500Z'),
  );
  expect(await scalar(`'{"a": 1}'::jsonb`)).toEqual({ a: 1 });
  expect(await scalar(`'\\x6100'::bytea`)).toEqual(Buffer.from('a\0'));
  expect(await scalar(`'1.50'::numeric`)).toBe('1.50');
});

test('recovers after the server ended its connections', async () => {
  await scalar('1');
  const pids = await database('pg_stat_activity')
    .whereRaw('datname = current_database()')
    .pluck<number[]>('pid');
  const administration = openDatabase({
    url: testDatabase.url,
    poolSize: 1,
    applicationName: 'latchkey test',
  });
  try {
    await administration.raw('select pg_terminate_backend(pid) from unnest(?::int[]) as pid', [pids]);
  } finally {
    await administration.destroy();
  }
  // Each connection of the pool may have to be found dead once.
  const answer = await scalar('2')
    .catch(() => scalar('2'))
    .catch(() => scalar('2'));

  expect(answer).toBe(2);
});
