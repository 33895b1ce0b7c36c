import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';

/** A database of its own for a test, at the latest schema and empty. */
export interface TestDatabase {
  readonly url: string;
  /** Removes it, closing what is connected to it. */
  drop(): Promise<void>;
}

/** SQLSTATE `object_in_use`: somebody is connected to the database to copy. */
const OBJECT_IN_USE = '55006';
const ATTEMPTS = 50;

/** Copies the migrated database that the test run made; some 20 ms. */
export async function createTestDatabase(): Promise<TestDatabase> {
  return create(`template "${environment('LATCHKEY_TEST_TEMPLATE')}"`);
}

/** Makes a database without a schema, for tests of migrations. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return create('template template0');
}

async function create(template: string): Promise<TestDatabase> {
  const name = `latchkey_test_${randomBytes(8).toString('hex')}`;
  const url = new URL(environment('LATCHKEY_TEST_SERVER_URL'));
  await onServer(`create database "${name}" ${template}`);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(`drop database if exists "${name}" with (force)`) };
}

async function onServer(statement: string): Promise<void> {
  const client = new Client({ connectionString: environment('LATCHKEY_TEST_SERVER_URL') });
  await client.connect();
  try {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await client.query(statement);
        return;
      } catch (error) {
        const inUse = typeof error === 'object' && error && 'code' in error && error.code === OBJECT_IN_USE;
        if (!inUse || attempt === ATTEMPTS) throw error;
        await delay(20);
      }
    }
  } finally {
    await client.end();
  }
}

function environment(name: string): string {
  const value = process.env[name];
  if (value === undefined)
    throw new Error(`${name} is not set: run the tests through Jest, which starts a database.`);
  return value;
}
