import { randomBytes } from 'node:crypto';
import type { DatabaseExamination } from '../../domain/doctor/check-database.js';
import { connectForChanges } from './change-feed.js';
import type { Database } from './database.js';

/** Questions at least, and at most while none was answered within `QUICK_MS`: one busy moment makes no slow database. */
const QUESTIONS = { least: 5, most: 40 };
const QUICK_MS = 10;
/** Milliseconds that a notification may take to come back. */
const NOTIFICATION_MS = 3_000;

interface FactsRow {
  version_number: number;
  version: string;
  read_only: boolean;
  may_create: boolean;
  forbidden: string[];
  open: number;
  most: number;
}

/**
 * Looks at the database as the doctor wants it. Changes nothing.
 * @param url of the same database, for a connection past the pool
 */
export async function examineDatabase(knex: Database, url: string): Promise<DatabaseExamination> {
  const { rows } = await knex.raw<{ rows: FactsRow[] }>(
    `select current_setting('server_version_num')::int as version_number,
       split_part(current_setting('server_version'), ' ', 1) as version,
       pg_is_in_recovery() or current_setting('transaction_read_only') = 'on' as read_only,
       coalesce(has_schema_privilege(current_schema(), 'create'), false) as may_create,
       array(
         select c.relname::text from pg_class c
         where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
           and not has_table_privilege(c.oid, 'select, insert, update, delete')
         order by 1 limit 5
       ) as forbidden,
       (select count(*) from pg_stat_activity where backend_type = 'client backend') as open,
       current_setting('max_connections')::int
         - current_setting('superuser_reserved_connections')::int as most`,
  );
  const [facts] = rows;
  if (!facts) throw new Error('the database answered nothing');
  return {
    versionNumber: facts.version_number,
    version: facts.version,
    latencyMs: await latencyOf(knex),
    readOnly: facts.read_only,
    mayCreate: facts.may_create,
    forbiddenTables: facts.forbidden,
    connections: { open: facts.open, most: facts.most },
    notifies: facts.read_only || (await notificationsArrive(url)),
  };
}

/** The time of the database less that of this machine, seconds. */
export async function databaseClockAhead(knex: Database, now: () => Date): Promise<number> {
  await knex.raw('select 1');
  const asked = now().getTime();
  const { rows } = await knex.raw<{ rows: { at: Date }[] }>('select clock_timestamp() as at');
  const answered = now().getTime();
  return ((rows[0]?.at.getTime() ?? answered) - (asked + answered) / 2) / 1000;
}

async function latencyOf(knex: Database): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  const enough = (asked: number): boolean => asked >= QUESTIONS.least && least <= QUICK_MS;
  for (let asked = 0; asked < QUESTIONS.most && !enough(asked); asked += 1) {
    const start = performance.now();
    await knex.raw('select 1');
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

/** A pooler that hands each transaction to another connection loses what was listened for before. */
async function notificationsArrive(url: string): Promise<boolean> {
  const channel = `latchkey_doctor_${randomBytes(6).toString('hex')}`;
  const connection = await connectForChanges(url);
  let timer: NodeJS.Timeout | undefined;
  try {
    const arrived = new Promise<boolean>((resolve) => {
      connection.on('notification', () => {
        resolve(true);
      });
      connection.on('error', () => {
        resolve(false);
      });
      timer = setTimeout(() => {
        resolve(false);
      }, NOTIFICATION_MS);
    });
    await connection.query(`listen ${channel}`);
    await connection.query(`notify ${channel}`);
    return await arrived;
  } finally {
    clearTimeout(timer);
    await connection.end().catch(() => undefined);
  }
}
