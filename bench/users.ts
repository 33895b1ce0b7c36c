// Measures lists of users among a million of them, as ratios to the first page: see README.md.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { listAccounts, type ListAccountsInput } from '../src/domain/accounts/list-accounts.js';
import { createAccountStore } from '../src/storage/postgres/account-store.js';
import { openDatabase } from '../src/storage/postgres/database.js';
import { startEmbeddedPostgres } from '../src/storage/postgres/embedded-postgres.js';
import { migrateToLatest } from '../src/storage/postgres/migrate.js';
import { fillUsers } from './fill-users.js';

const USERS = Number(process.env['USERS'] ?? 1_000_000);
const ROUNDS = Number(process.env['ROUNDS'] ?? 25);
const PAGE = 50;
const BAR = 2;

// A folder that was filled before is used again, and kept.
const kept = process.env['BENCH_DATA_DIR'];
const dataDir = kept ?? mkdtempSync(path.join(tmpdir(), 'latchkey-bench-'));
// As root, PostgreSQL runs as another user: where it cannot enter, it keeps its files elsewhere, where nobody removes them.
if (kept === undefined) chmodSync(dataDir, 0o755);
const server = await startEmbeddedPostgres({ dataDir });
const open = (settings = '') =>
  openDatabase({ url: server.url + settings, poolSize: 1, applicationName: 'bench' });
try {
  await prepare();
  await measure();
} finally {
  await server.stop();
  if (kept === undefined) rmSync(dataDir, { recursive: true, force: true });
}

async function prepare(): Promise<void> {
  const database = open('&statement_timeout=0');
  await migrateToLatest(database);
  const { rows } = await database.raw<{ rows: unknown[] }>('select from accounts limit 1');
  if (rows.length === 0) {
    console.log(`Filling ${USERS} users; this takes minutes.`);
    await fillUsers(database, USERS);
  }
  await database.destroy();
}

async function measure(): Promise<void> {
  const database = open();
  const deps = { accounts: createAccountStore(database) };
  const idAt = async (place: number): Promise<string> => {
    const { rows } = await database.raw<{ rows: { id: string }[] }>(
      'select id from accounts order by id offset ? limit 1',
      [place - 1],
    );
    return rows[0]?.id ?? '';
  };
  const lists: Readonly<Record<string, ListAccountsInput>> = {
    'first page, again': {},
    'page 5,000': { after: await idAt(Math.min(USERS - PAGE, 4_999 * PAGE)) },
    'last page': { after: await idAt(USERS - PAGE) },
    'newest first': { newestFirst: true },
    'newest first, page 5,000': {
      newestFirst: true,
      after: await idAt(Math.max(PAGE, USERS - 4_999 * PAGE)),
    },
    'created after': { createdAfter: new Date('2025-06-01T00:00:00Z') },
    'disabled only': { disabled: true },
    'exact email': { email: (await deps.accounts.findById(await idAt(USERS / 2)))?.email ?? '' },
    'q: 5 have it': { search: 'quixotescu' },
    'q: 1 in 100 (a family name)': { search: 'lovelace' },
    'q: 1 in 1,000 (with an initial)': { search: 'jlovelace' },
    'q: 1 in 10,000 (a full name)': { search: 'ada lovelace' },
    'q: 1 in 300 (two initials)': { search: 'ia.b' },
    'q: 4 in 5 (a domain)': { search: 'example.com' },
    'q: only the newest 1 in 20': { search: 'newcomer.test' },
    'q: the same, newest first': { search: 'newcomer.test', newestFirst: true },
    'q: nobody, rare letters': { search: 'xqzwvk' },
    'q: nobody, usual letters': { search: 'maria.example.com' },
    'q: disabled, 1 in 100': { search: 'lovelace', disabled: true },
    'q: enabled, 1 in 100': { search: 'lovelace', disabled: false },
    'q: made lately, 1 in 100': { search: 'lovelace', createdAfter: new Date('2025-06-01T00:00:00Z') },
    'q: nobody, common name': { search: 'johnson lovelace' },
    'q: 3 letters, common': { search: 'mar' },
    'q: 3 letters, nobody': { search: 'xqz' },
    'q: 2 letters, common': { search: 'ad' },
    'q: 2 letters, rare': { search: 'qu' },
    'q: 2 letters, nobody': { search: 'xq' },
    'q: 1 letter, common': { search: 'm' },
    'q: 1 letter, nobody': { search: 'ß' },
  };
  const time = async (input: ListAccountsInput): Promise<readonly [milliseconds: number, found: string]> => {
    const start = performance.now();
    const { accounts, next } = await listAccounts(deps, { limit: PAGE, ...input });
    const milliseconds = performance.now() - start;
    const goesOn = accounts.length < PAGE && next !== undefined;
    return [milliseconds, `${accounts.length} found${goesOn ? ', goes on' : ''}`];
  };
  const first: number[] = [];
  const ratios = new Map(Object.keys(lists).map((name): [string, number[]] => [name, []]));
  const found = new Map<string, string>();
  // The first round warms up and does not count.
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, input] of Object.entries(lists)) {
      // Beside each list the first page, so that both have the same neighbours on the machine.
      const [reference] = await time({});
      const [own, count] = await time(input);
      found.set(name, count);
      if (round === 0) continue;
      first.push(reference);
      ratios.get(name)?.push(own / reference);
    }
  }
  await database.destroy();
  console.log(
    `${USERS} users, pages of ${PAGE}, ${ROUNDS} rounds in turn; times as multiples of the first page`,
  );
  console.log(`(its median here: ${median(first).toFixed(2)} ms)\n`);
  for (const [name, own] of ratios) {
    const typical = median(own);
    const spread = `${quantile(own, 0.1).toFixed(2)}–${quantile(own, 0.9).toFixed(2)}`;
    console.log(
      `${name.padEnd(30)} ${typical.toFixed(2).padStart(7)}  (${spread})`.padEnd(60) +
        `${found.get(name) ?? ''}${typical > BAR ? '   above the bar' : ''}`,
    );
  }
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
}
