import type { Knex } from 'knex';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** A migration as Knex's command line lists it: by the name `file`. */
interface MigrationEntry {
  readonly file: string;
}

/** A migration as its file exports it. */
interface MigrationModule {
  up(knex: Knex): Promise<void>;
  down(knex: Knex): Promise<void>;
  readonly config?: { readonly transaction?: boolean };
}

const EXTENSION = path.extname(new URL(import.meta.url).pathname);
/**
 * `migrations/` of the checkout, or `dist/migrations/` when this file is a built one. Both hold the same migrations, as
 * `.ts` or `.js`.
 */
const MIGRATIONS = pathToFileURL(`${findMigrations(import.meta.dirname)}/`);

/**
 * Gives Knex the migrations by names without extension. Knex stores the names, and with extensions a database that a
 * checkout migrated (`.ts`) would be "corrupt" to the built server (`.js`).
 */
export const migrationSource = {
  /** @returns the migrations in the order of their time stamps */
  async getMigrations(): Promise<MigrationEntry[]> {
    return (await migrationNames()).map((file) => ({ file }));
  },

  getMigrationName({ file }: MigrationEntry): string {
    return file;
  },

  /** @throws {TypeError} when the file does not export `up` and `down` */
  async getMigration({ file }: MigrationEntry): Promise<MigrationModule> {
    const loaded: unknown = await import(new URL(`${file}${EXTENSION}`, MIGRATIONS).href);
    if (!isMigration(loaded)) throw new TypeError(`The migration ${file} must export up and down.`);
    return loaded;
  },
} satisfies Knex.MigrationSource<MigrationEntry>;

/** @returns the names, oldest first, for instance `20261123120000_create_accounts` */
export async function migrationNames(): Promise<string[]> {
  return (await readdir(MIGRATIONS))
    .filter((file) => file.endsWith(EXTENSION) && /^\d{14}_\w+\.[jt]s$/.test(file))
    .map((file) => file.slice(0, -EXTENSION.length))
    .sort();
}

/** Where a migration's file is, for tests that read it. */
export function migrationFile(name: string): string {
  return fileURLToPath(new URL(`${name}${EXTENSION}`, MIGRATIONS));
}

/** The nearest folder `migrations` above. */
function findMigrations(from: string): string {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'migrations');
    if (existsSync(candidate)) return candidate;
    if (folder === path.dirname(folder)) throw new Error(`No folder "migrations" was found above ${from}.`);
  }
}

function isMigration(loaded: unknown): loaded is MigrationModule {
  return (
    typeof loaded === 'object' &&
    loaded !== null &&
    'up' in loaded &&
    typeof loaded.up === 'function' &&
    'down' in loaded &&
    typeof loaded.down === 'function'
  );
}
