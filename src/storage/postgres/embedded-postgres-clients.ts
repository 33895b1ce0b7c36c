import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { EMBEDDED_NAME } from './embedded-postgres-cluster.js';
import { errorCode } from './embedded-postgres-error.js';
import { embeddedUrl, type ServerAddress } from './embedded-postgres-settings.js';

const CONNECT_TIMEOUT_MS = 5_000;
const POLL_MS = 10;

/** PostgreSQL's codes. @see https://www.postgresql.org/docs/18/errcodes-appendix.html */
const TOO_MANY_CONNECTIONS = '53300';
const INVALID_CATALOG_NAME = '3D000';
const DUPLICATE_DATABASE = '42P04';

/** Whether a server takes connections at that address; makes its database if a start was killed before it did. */
export async function answers(address: ServerAddress): Promise<boolean> {
  try {
    await withClient(address, EMBEDDED_NAME, () => Promise.resolve());
    return true;
  } catch (error) {
    if (errorCode(error) === TOO_MANY_CONNECTIONS) return true;
    if (errorCode(error) !== INVALID_CATALOG_NAME) return false;
    await makeDatabase(address);
    return true;
  }
}

/** Makes the database `latchkey` unless it is there. */
export async function makeDatabase(address: ServerAddress): Promise<void> {
  await withClient(address, 'postgres', async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [EMBEDDED_NAME]);
    if (rowCount !== 0) return;
    await client.query(`create database ${EMBEDDED_NAME}`).catch((error: unknown) => {
      if (errorCode(error) !== DUPLICATE_DATABASE) throw error;
    });
  });
}

/**
 * Whether others are connected to the server.
 * @param closingMs how long connections that were just closed may take to vanish from its list, in milliseconds
 */
export async function isInUse(address: ServerAddress, closingMs: number): Promise<boolean> {
  return withClient(address, 'postgres', async (client) => {
    const deadline = Date.now() + closingMs;
    for (;;) {
      const { rowCount } = await client.query(
        `select from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`,
      );
      if (rowCount === 0) return false;
      if (Date.now() > deadline) return true;
      await delay(POLL_MS);
    }
  });
}

async function withClient<T>(
  address: ServerAddress,
  database: string,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({
    connectionString: embeddedUrl(address, database),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'latchkey embedded-postgres',
  });
  // Without a listener the loss of the connection would end the process; the query reports it anyway.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
