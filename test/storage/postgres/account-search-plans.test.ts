import { firstAccountId } from '../../../src/domain/accounts/account-id.js';
import type { AccountQuery } from '../../../src/domain/accounts/account-store.js';
import { createAccountStore } from '../../../src/storage/postgres/account-store.js';
import { openDatabase, type Database } from '../../../src/storage/postgres/database.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';

const COUNT = 20_000;
const CHUNK = 2_000;
/** PostgreSQL plans a statement anew for the first five times, and keeps a plan only from then on. */
const PLANNED_ANEW = 5;
const STARTED = Date.UTC(2026, 0, 1);

let database: TestDatabase;
let knex: Database;

/** Searches, and how many accounts, or entries of an index of them, one page of theirs may read: most where lumps are found. */
const SEARCHES: Readonly<Record<string, readonly [query: Omit<AccountQuery, 'limit'>, most: number]>> = {
  'all have': [{ search: 'example.com' }, 500],
  'one in ten has': [{ search: 'lovelace' }, 1_500],
  'one in 500 has': [{ search: 'quixote' }, 500],
  'three have': [{ search: 'zephyr' }, 500],
  'nobody has': [{ search: 'nobody' }, 500],
  'only the newest have': [{ search: 'newcomer' }, 2_000],
  'only the newest have, from their end': [{ search: 'newcomer', newestFirst: true }, 500],
  'only those in the middle have': [{ search: 'midway' }, 8_002],
  'only those in the middle have, from their end': [{ search: 'midway', newestFirst: true }, 4_001],
  'one in ten of those made lately has': [
    { search: 'lovelace', createdAfter: new Date(STARTED + (COUNT - 5_000) * 1000) },
    1_500,
  ],
  'one in ten of the disabled has': [{ search: 'lovelace', disabled: true }, 500],
  'an enabled user with an address has': [{ search: 'lovelace', email: '5.lovelace@example.com' }, 10],
};

beforeAll(async () => {
  database = await createTestDatabase();
  // One connection, so that whatever runs meets the plans of what ran before.
  knex = openDatabase({ url: database.url, poolSize: 1, applicationName: 'test' });
  // Whatever PostgreSQL finds out by itself meanwhile would have statements planned again.
  await knex.raw('alter table accounts set (autovacuum_enabled = off)');
  await fill(0, 1);
  // The worst that can happen: it knows for certain that there is next to nothing.
  await knex.raw('analyze accounts');
  for (let times = 0; times <= PLANNED_ANEW; times += 1) {
    for (const [query] of Object.values(SEARCHES)) await search(query);
  }
  // Apart, so that they fill stretches and blocks of positions.
  await knex.raw('alter table accounts alter column position set increment by 4');
  for (let from = 1; from < COUNT; from += CHUNK) await fill(from, Math.min(COUNT, from + CHUNK));
});

afterAll(async () => {
  await knex.destroy();
  await database.drop();
});

test.each(Object.entries(SEARCHES))(
  'a search for what %s reads no more than a page, however small the table was when it was planned',
  async (_, [query, most]) => {
    const before = await rowsRead();
    await search(query);
    const after = await rowsRead();

    const read = [...after].map(([name, rows]) => [name, rows - (before.get(name) ?? 0)] as const);
    expect(read.filter(([, rows]) => rows > most)).toEqual([]);
    expect(read.some(([, rows]) => rows > 0)).toBe(true);
  },
);

test.each(Object.entries(SEARCHES))('a search for what %s finds the first of them', async (_, [query]) => {
  const { search: text, newestFirst, createdAfter, disabled, email } = query;
  const { rows } = await knex.raw<{ rows: { email: string }[] }>(
    `select email from accounts
     where strpos(email, :searched) > 0 and (:disabled::boolean is null or disabled = :disabled) and id >= :first
       and (:email::text is null or email = :email)
     order by position ${newestFirst === true ? 'desc' : 'asc'} limit 50`,
    {
      searched: text ?? '',
      disabled: disabled ?? null,
      email: email ?? null,
      first: firstAccountId(createdAfter ?? new Date(0)),
    },
  );
  const store = createAccountStore(knex);
  const found: string[] = [];
  let after: string | undefined;
  do {
    const page = await store.list({ ...query, limit: 50, ...(after !== undefined && { after }) });
    found.push(...page.accounts.map((account) => account.email));
    after = page.next;
  } while (after !== undefined && found.length < 50);
  expect(found.slice(0, 50)).toEqual(rows.map((row) => row.email));
});

const search = (query: Omit<AccountQuery, 'limit'>): Promise<unknown> =>
  createAccountStore(knex).list({ ...query, limit: 50 });

/** Adds accounts, one each second; nobody has told PostgreSQL of them. */
async function fill(from: number, to: number): Promise<void> {
  const idOf = (at: string): string => `overlay('${firstAccountId(new Date(0))}' placing ${at} from 1)::uuid`;
  const time = `lpad(to_hex(${STARTED} + n * 1000::bigint), 12, '0')`;
  await knex.raw(
    `insert into accounts (id, email, email_normalized, disabled, created_at, updated_at)
     select ${idOf(`substr(${time}, 1, 8) || '-' || substr(${time}, 9)`)}, email, email, n % 100 = 5, now(), now()
     from (
       select n, concat_ws('.', n, case when n % 10 = 5 then 'lovelace' end, case when n % 500 = 7 then 'quixote' end,
         case when n % 7000 = 3999 then 'zephyr' end, case when n > :newcomers then 'newcomer' end,
         case when n between 8000 and 12000 then 'midway' end) || '@example.com' as email
       from generate_series(:from::int, :to::int - 1) as n
     ) as people`,
    { from, to, newcomers: COUNT * 0.9 },
  );
}

/** Accounts, and entries of each of their indexes, that were read so far. */
async function rowsRead(): Promise<ReadonlyMap<string, number>> {
  await knex.raw('select pg_stat_force_next_flush()');
  const { rows } = await knex.raw<{ rows: { name: string; read: number }[] }>(`
    select relname as name, seq_tup_read + idx_tup_fetch as read from pg_stat_user_tables where relname = 'accounts'
    union all
    select indexrelname, idx_tup_read from pg_stat_user_indexes where relname = 'accounts'`);
  return new Map(rows.map(({ name, read }) => [name, read]));
}
