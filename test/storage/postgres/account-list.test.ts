import type { Knex } from 'knex';
import { firstAccountId } from '../../../src/domain/accounts/account-id.js';
import type { AccountQuery } from '../../../src/domain/accounts/account-store.js';
import { selectAccountPage } from '../../../src/storage/postgres/account-list.js';
import { createAccountStore } from '../../../src/storage/postgres/account-store.js';
import { openDatabase } from '../../../src/storage/postgres/database.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';

const COUNT = 2_000;
let database: TestDatabase;
let knex: Knex;
/** Email addresses, the oldest first. */
let emails: readonly string[];

/** The nth account. */
const idOf = (number: number): string => firstAccountId(new Date(Date.UTC(2026, 0, 1) + number * 1000));

beforeAll(async () => {
  database = await createTestDatabase();
  knex = openDatabase({ url: database.url, poolSize: 2, applicationName: 'test' });
  emails = Array.from({ length: COUNT }, (_, number) => {
    // Common everywhere; common enough to walk on; only at the far end; and two who are far apart.
    const marks = [
      number % 2 === 0 && 'common',
      number % 100 === 50 && 'seldom',
      number >= 1_500 && 'newcomer',
      (number === 3 || number === 1_999) && 'quixote',
    ];
    return `${marks.filter(Boolean).join('-')}.${number}@example.com`;
  });
  const rows = emails.map((email, number) => ({
    id: idOf(number),
    email,
    email_normalized: email,
    disabled: number % 10 === 0,
  }));
  // Where rows lie must tell nothing of their order.
  await knex('accounts').insert(rows.map((_, number) => rows[(number * 777) % COUNT]));
  await knex.raw('analyze accounts');
});

afterAll(async () => {
  await knex.destroy();
  await database.drop();
});

/** All pages one after another. */
async function everyPage(query: Omit<AccountQuery, 'limit'>, limit: number): Promise<string[]> {
  const store = createAccountStore(knex);
  const found: string[] = [];
  let after: string | undefined;
  do {
    const page = await store.list({ ...query, limit, ...(after !== undefined && { after }) });
    found.push(...page.accounts.map(({ email }) => email));
    after = page.next;
  } while (after !== undefined);
  return found;
}

describe('pages of a search', () => {
  test.each(['common', 'seldom', 'newcomer', 'quixote', 'nobody', 'example.com', 'qu', 'c'])(
    'hold everybody who has %j once, in order',
    async (search) => {
      const beginning = search.length < 3;
      const expected = emails.filter((email) =>
        beginning ? email.startsWith(search) : email.includes(search),
      );
      expect(await everyPage({ search }, 50)).toEqual(expected);
      expect(await everyPage({ search, newestFirst: true }, 50)).toEqual([...expected].reverse());
    },
  );

  test('hold to the other filters', async () => {
    const disabled = emails.filter((email, number) => number % 10 === 0 && email.includes('common'));
    expect(await everyPage({ search: 'common', disabled: true }, 7)).toEqual(disabled);
    const createdAfter = new Date(Date.UTC(2026, 0, 1) + 1_400_000);
    const young = emails.filter((email, number) => number >= 1_400 && email.includes('seldom'));
    expect(await everyPage({ search: 'seldom', createdAfter }, 2)).toEqual(young);
  });
});

/** How many statements a search takes. */
async function statementsOf(search: string, limit: number): Promise<number> {
  let count = 0;
  const select = (clause: string, bindings: Record<string, Knex.RawBinding>): Promise<unknown[]> => {
    count += 1;
    return knex
      .raw<{ rows: unknown[] }>(`select id from accounts ${clause}`, bindings)
      .then(({ rows }) => rows);
  };
  await selectAccountPage(select, { limit, search });
  return count;
}

test('a search walks for what is common nearby, and else asks the index', async () => {
  expect(await statementsOf('common', 50)).toBe(1);
  expect(await statementsOf('seldom', 10)).toBe(2);
  expect(await statementsOf('newcomer', 50)).toBe(2);
  expect(await statementsOf('quixote', 50)).toBe(2);
  expect(await statementsOf('seldom', 50)).toBe(3);
});

test('the index can answer a search of one letter, of signs beyond ASCII, and of any text of three', async () => {
  await knex.transaction(async (transaction) => {
    await transaction.raw('set local enable_seqscan = off');
    for (const pattern of ['% q%', '%\\\\303%', '%qui%']) {
      const { rows } = await transaction.raw<{ rows: Record<string, string>[] }>(
        `explain select id from accounts where search_text like '${pattern}'`,
      );
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan).toContain('Bitmap Index Scan on accounts_search_text_index');
    }
  });
});
