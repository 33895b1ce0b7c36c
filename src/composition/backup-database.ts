import { createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Config } from '../config/config.js';
import { systemClock } from '../domain/clock.js';
import { DomainError } from '../domain/errors.js';
import { VERSION } from '../domain/version.js';
import { openSealedDataKey, secretKeyFingerprint } from '../security/data-key.js';
import { createKeyedHash, deriveKey } from '../security/derive-key.js';
import { createAuditChain } from '../storage/postgres/audit-chain.js';
import { createAuditAppender } from '../storage/postgres/audit-trail.js';
import { FORMAT } from '../storage/postgres/backup/backup-format.js';
import { writeBackup, type WriteBackupOptions } from '../storage/postgres/backup/write-backup.js';
import { createDataKeyStore } from '../storage/postgres/data-key-store.js';
import type { Database } from '../storage/postgres/database.js';
import { describeDatabaseFailure } from '../storage/postgres/database-failure.js';
import { refuseUnknown, schemaState } from '../storage/postgres/migrate.js';
import { openConfiguredDatabase } from './open-database.js';
import { fileRefusal, isFileFailure } from './file-failure.js';
import { StartupError } from './startup-error.js';

/** What was written. */
export interface BackupReport {
  readonly id: string;
  readonly createdAt: Date;
  /** Absent: standard output. */
  readonly file: string | undefined;
  readonly tables: number;
  readonly rows: number;
  /** Of the SECRET_KEY that a restore will ask for. */
  readonly secretKey: string;
}

export interface BackupRequest {
  /** A path, which must not exist yet, or where the bytes go. */
  readonly to: string | Writable;
  readonly onTable?: WriteBackupOptions['onTable'];
}

/** Only for the owner: accounts and hashes of passwords are in it. */
const FILE_MODE = 0o600;

/**
 * Writes all that lasts into one compressed file, as it is at one moment. Servers may go on running. The audit log tells of
 * it, before anything leaves.
 * @throws {StartupError} saying in one line what is wrong and what to do
 * @throws {DomainError} `already_exists` for the file, `secret_key_mismatch`
 */
export async function backupDatabase(config: Config, request: BackupRequest): Promise<BackupReport> {
  const { to } = request;
  if (typeof to === 'string') await refuseExisting(to);
  const database = await openConfiguredDatabase(config, {
    applicationName: 'latchkey-backup',
    migrate: false,
  });
  try {
    refuseUnknown(await schemaState(database.knex));
    const dataKey = await dataKeyIn(database.knex, config);
    const header = {
      format: FORMAT,
      id: randomUUID(),
      created_at: systemClock.now().toISOString(),
      version: VERSION,
      issuer: config.issuer,
      secret_key: secretKeyFingerprint(config.secretKeys[0]),
    };
    await record(database.knex, dataKey, header.id);
    const written = { tables: 0, rows: 0 };
    const contents = writeBackup({
      url: database.url,
      header,
      authenticate: backupMac(dataKey),
      onTable: (progress) => {
        written.tables += 1;
        written.rows += progress.rows;
        request.onTable?.(progress);
      },
    });
    await (typeof to === 'string' ? intoFile(to, contents) : into(to, contents));
    return {
      id: header.id,
      createdAt: new Date(header.created_at),
      file: typeof to === 'string' ? to : undefined,
      ...written,
      secretKey: header.secret_key,
    };
  } catch (error) {
    if (isFileFailure(error)) throw fileRefusal('to', typeof to === 'string' ? to : undefined, error);
    if (error instanceof DomainError || error instanceof StartupError) throw error;
    throw new StartupError([describeDatabaseFailure(error, database.url)], { cause: error });
  } finally {
    await database.close();
  }
}

/** What proves that a backup was written by somebody who has the data key. */
export function backupMac(dataKey: Buffer): (digest: Buffer) => Buffer {
  const hash = createKeyedHash(deriveKey(dataKey, 'backup'));
  return (digest) => hash(digest.toString('hex'));
}

async function dataKeyIn(knex: Database, config: Config): Promise<Buffer> {
  const sealed = (await knex.schema.hasTable('data_keys'))
    ? await createDataKeyStore(knex).read()
    : undefined;
  if (sealed === undefined) {
    throw new StartupError([
      'The database was not set up yet, so there is nothing to back up: start the server first.',
    ]);
  }
  return openSealedDataKey(sealed, config.secretKeys).key;
}

async function record(knex: Database, dataKey: Buffer, id: string): Promise<void> {
  const chain = createAuditChain(createKeyedHash(deriveKey(dataKey, 'audit-chain')));
  const log = createAuditAppender({ chain, clock: systemClock });
  await knex.transaction((transaction) =>
    log.append(transaction, [
      { origin: { actor: { kind: 'operator' } }, entry: { type: 'backup.made', details: { backup: id } } },
    ]),
  );
}

async function refuseExisting(file: string): Promise<void> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (handle === undefined) return;
  await handle.close();
  const detail = `${file} is there already: name another file, or remove it.`;
  throw new DomainError('already_exists', detail, [{ field: 'to', code: 'file_exists', detail }]);
}

function into(to: Writable, contents: AsyncIterable<Buffer>): Promise<void> {
  return pipeline(Readable.from(contents, { objectMode: false }), createGzip(), to);
}

/** Writes beside the file first, and puts it into its place only when all is on disk. */
async function intoFile(file: string, contents: AsyncIterable<Buffer>): Promise<void> {
  const unfinished = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.unfinished`);
  try {
    await into(createWriteStream(unfinished, { mode: FILE_MODE, flags: 'wx', flush: true }), contents);
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
