import type { Knex } from 'knex';
import { firstAccountId } from '../../../src/domain/accounts/account-id.js';
import type { AccountQuery } from '../../../src/domain/accounts/account-store.js';
import { searchAccountPage, type Placed } from '../../../src/storage/postgres/account-search.js';
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
  // Far apart, so that they fill many stretches of positions; a walk of 256 ends right before the next account.
  await knex.raw('alter table accounts alter column position set increment by 257');
  await knex('accounts').insert(rows);
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

/** A text that the pages look for, and what is found. */
async function compare(
  search: string,
  query: Omit<AccountQuery, 'limit' | 'search'>,
  limit: number,
): Promise<void> {
  const { rows } = await knex.raw<{ rows: { email: string }[] }>(
    `select email from accounts
     where strpos(search_text, account_search_form(:search)) > 0 and (:disabled::boolean is null or disabled = :disabled)
     order by position`,
    { search: (search.length < 3 ? ' ' : '') + search, disabled: query.disabled ?? null },
  );
  const expected = rows.map(({ email }) => email);
  expect(await everyPage({ ...query, search }, limit)).toEqual(
    query.newestFirst ? expected.reverse() : expected,
  );
}

test('searches find what a look at every account finds, whatever the text, the order and the limit', async () => {
  const texts = [
    'om',
    'mon',
    'common.1',
    'seldom-new',
    'newcomer.17',
    '.999@',
    'new',
    'ne',
    's',
    'common quixote',
    'comer-quix',
    '@ex',
    'mon.8',
    'example.com quixote',
  ];
  for (const search of texts) {
    for (const newestFirst of [false, true]) {
      for (const disabled of [undefined, false, true]) {
        for (const limit of [1, 60]) {
          if (limit === 1 && ['mon', '@ex', 'new'].includes(search)) continue;
          await compare(search, { newestFirst, ...(disabled !== undefined && { disabled }) }, limit);
        }
      }
    }
  }
});

test('a search goes on behind an account, by its id, also when that account is gone', async () => {
  const store = createAccountStore(knex);
  const after = async (id: string, newestFirst: boolean): Promise<string | undefined> =>
    (await store.list({ search: 'example.com', limit: 1, after: id, newestFirst })).accounts[0]?.email;
  expect(await after(idOf(1000), false)).toBe(emails[1001]);
  expect(await after(idOf(1000), true)).toBe(emails[999]);
  const gone = idOf(1000).replace(/.$/, '1');
  expect(await after(gone, false)).toBe(emails[1001]);
  expect(await after(gone, true)).toBe(emails[1000]);
});

/** A budget that is used up before anything is done. */
const NO_WORK = -2;

test('pages that end when their work is used up are short, go on, and leave nobody out', async () => {
  const select = async (
    columns: string,
    from: string,
    bindings: Record<string, Knex.RawBinding>,
  ): Promise<(Placed & { email: string })[]> =>
    (
      await knex.raw<{ rows: (Placed & { email: string })[] }>(
        `select ${columns}, accounts.id, accounts.email ${from}`,
        bindings,
      )
    ).rows;
  for (const newestFirst of [false, true]) {
    for (const search of ['common', 'newcomer', 'quixote', 'nobody']) {
      const found: string[] = [];
      let short = 0;
      const query = { search, limit: 50, newestFirst };
      let after = idOf(newestFirst ? 101 : 1_900);
      for (;;) {
        const page = await searchAccountPage<{ email: string }>(select, { ...query, after }, NO_WORK);
        found.push(...page.rows.map(({ email }) => email));
        if (page.next === undefined) break;
        expect(page.next).not.toBe(after);
        if (page.rows.length < query.limit) short += 1;
        after = page.next;
      }
      const expected = (newestFirst ? emails.slice(0, 101) : emails.slice(1_901)).filter((email) =>
        email.includes(search),
      );
      expect(found).toEqual(newestFirst ? expected.reverse() : expected);
      expect(short).toBeGreaterThan(0);
    }
  }
});

test.each([
  ['%lovelace%', '%lov_lace%'],
  ['%johnson lovelace%', '%joh_son%lov_lace%'],
  ['% ad%', '% ad%'],
  ['%a\\_bcd%', '%a\\_bcd%'],
  ['%m\\\\303\\\\274ller%', '%m\\\\303\\\\274ller%'],
])('the index looks for %j as %j', async (pattern, thinned) => {
  const { rows } = await knex.raw<{ rows: { thinned: string }[] }>(
    'select thin_search_pattern(?) as thinned',
    [pattern],
  );
  expect(rows).toEqual([{ thinned }]);
});

test('a search for those made lately finds them whatever the order in which they came', async () => {
  const late = { email: 'late-import.seldom@example.com', id: idOf(1_950).replace(/.$/, '9') };
  await knex('accounts').insert({ ...late, email_normalized: late.email });
  const early = { email: 'early-import.seldom@example.com', id: idOf(20).replace(/.$/, '9') };
  await knex('accounts').insert({ ...early, email_normalized: early.email });
  try {
    const createdAfter = new Date(Date.UTC(2026, 0, 1) + 1_850_000);
    const expected = [emails[1_850], emails[1_950], late.email];
    expect(await everyPage({ search: 'seldom', createdAfter }, 2)).toEqual(expected);
    expect(await everyPage({ search: 'seldom', createdAfter, newestFirst: true }, 2)).toEqual(
      expected.reverse(),
    );
    expect(await everyPage({ search: 'seldom', createdAfter: new Date('2027-01-01') }, 2)).toEqual([]);
    expect(await everyPage({ search: 'import', email: early.email.toUpperCase() }, 2)).toEqual([early.email]);
    expect(await everyPage({ search: 'nobody', email: early.email }, 2)).toEqual([]);
  } finally {
    await knex('accounts').where('email', 'like', '%import%').delete();
  }
});

test('a search among nobody ends', async () => {
  const empty = await createTestDatabase();
  const own = openDatabase({ url: empty.url, poolSize: 1, applicationName: 'test' });
  try {
    for (const filter of [{}, { newestFirst: true }, { disabled: true }, { createdAfter: new Date(0) }]) {
      const page = await createAccountStore(own).list({ search: 'ada', limit: 50, ...filter });
      expect(page).toEqual({ accounts: [], next: undefined });
    }
  } finally {
    await own.destroy();
    await empty.drop();
  }
});
