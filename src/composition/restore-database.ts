import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Config } from '../config/config.js';
import type { AuditVerdict } from '../domain/audit/audit-log.js';
import { systemClock } from '../domain/clock.js';
import { DomainError } from '../domain/errors.js';
import { openSealedDataKey, secretKeyFingerprint } from '../security/data-key.js';
import { createKeyedHash, deriveKey } from '../security/derive-key.js';
import { createAuditChain } from '../storage/postgres/audit-chain.js';
import { verifyAuditChain } from '../storage/postgres/audit-reader.js';
import { createAuditAppender } from '../storage/postgres/audit-trail.js';
import { unusable, type BackupHeader } from '../storage/postgres/backup/backup-format.js';
import { readBackup, type BackupVisitor, type ReadBackup } from '../storage/postgres/backup/backup-reader.js';
import { readSealedDataKey } from '../storage/postgres/backup/sealed-data-key.js';
import { finishLoading, loadTable, prepareForBackup } from '../storage/postgres/backup/load-backup.js';
import type { TableProgress } from '../storage/postgres/backup/write-backup.js';
import { renewIssuanceEpoch } from '../storage/postgres/data-key-store.js';
import type { Database } from '../storage/postgres/database.js';
import { describeDatabaseFailure } from '../storage/postgres/database-failure.js';
import { errorCode } from '../storage/postgres/embedded-postgres-error.js';
import { asMigrator } from '../storage/postgres/migrate.js';
import { backupMac } from './backup-database.js';
import { fileRefusal, isFileFailure } from './file-failure.js';
import { openConfiguredDatabase } from './open-database.js';
import { StartupError } from './startup-error.js';

/** What was read, and put into the database. */
export interface RestoreReport {
  readonly id: string;
  readonly createdAt: Date;
  /** The version of Latchkey that wrote the backup. */
  readonly version: string;
  readonly tables: number;
  readonly rows: number;
  /** The issuer of the backup, when it is another than that of the configuration. */
  readonly otherIssuer: string | undefined;
  /** Absent when the backup was only checked. */
  readonly restored: { readonly signingKeysKept: boolean; readonly auditLog: AuditVerdict } | undefined;
}

export interface RestoreRequest {
  /** A path, or where the bytes come from. */
  readonly from: string | Readable;
  /** Replaces what is in the database. */
  readonly force: boolean;
  /** Leaves what was signed before valid: for a move, not for a disaster. */
  readonly keepSigningKeys: boolean;
  /** Reads the backup to its end, and touches no database. */
  readonly checkOnly: boolean;
  readonly onTable?: (progress: TableProgress) => void;
}

type Begin = (header: BackupHeader) => Promise<void>;
type Load = BackupVisitor['table'];

/**
 * Puts a backup into the database, whole or not at all, and ends in the same transaction all that was issued before:
 * nothing of it is in a backup, keys that have signed go, and what is kept elsewhere is not found any more.
 * @throws {DomainError} `backup_unusable`, `backup_newer`, `secret_key_mismatch`, `database_not_empty`, `database_in_use`
 * @throws {StartupError} saying in one line what is wrong and what to do
 */
export async function restoreDatabase(config: Config, request: RestoreRequest): Promise<RestoreReport> {
  if (request.checkOnly) {
    const { read } = await readThrough(config, request, () => Promise.resolve(), drain);
    return report(config, read, undefined);
  }
  const database = await openConfiguredDatabase(config, {
    applicationName: 'latchkey-restore',
    migrate: false,
  });
  try {
    return await asMigrator(database.knex, (migrator) =>
      migrator.transaction(async (transaction) => {
        let indexes: readonly string[] = [];
        const { read, dataKey } = await readThrough(
          config,
          request,
          async (header) => {
            indexes = await prepareForBackup(transaction, header, request);
          },
          (table, rows) => loadTable(transaction, table, rows),
        );
        await finishLoading(transaction, indexes);
        const auditLog = await endAllThatWasIssued(transaction, read, dataKey, request);
        return report(config, read, { signingKeysKept: request.keepSigningKeys, auditLog });
      }),
    );
  } catch (error) {
    if (error instanceof DomainError || error instanceof StartupError) throw error;
    throw new StartupError([describeDatabaseFailure(error, database.url)], { cause: error });
  } finally {
    await database.close();
  }
}

/** @returns what the audit log says of itself, with the restore as its last event */
async function endAllThatWasIssued(
  transaction: Database,
  { header, footer }: ReadBackup,
  dataKey: Buffer,
  { keepSigningKeys }: RestoreRequest,
): Promise<AuditVerdict> {
  if (!keepSigningKeys) await transaction('signing_keys').delete();
  await renewIssuanceEpoch(transaction);
  const chain = createAuditChain(createKeyedHash(deriveKey(dataKey, 'audit-chain')));
  const details = {
    backup: header.id,
    backup_created_at: header.created_at,
    rows: footer.rows,
    signing_keys_kept: keepSigningKeys,
  };
  await createAuditAppender({ chain, clock: systemClock }).append(transaction, [
    { origin: { actor: { kind: 'operator' } }, entry: { type: 'backup.restored', details } },
  ]);
  return verifyAuditChain(transaction, chain);
}

/** Reads a backup to its end, and opens it with the SECRET_KEY of the configuration before its second table. */
async function readThrough(
  config: Config,
  { from, onTable }: RestoreRequest,
  begin: Begin,
  load: Load,
): Promise<{ readonly read: ReadBackup; readonly dataKey: Buffer }> {
  let fingerprint = '';
  let dataKey: Buffer | undefined;
  const source = typeof from === 'string' ? createReadStream(from) : from;
  let read: ReadBackup | undefined;
  await pipeline(source, createGunzip(), async (contents: AsyncIterable<Buffer>) => {
    read = await readBackup(contents, {
      async header(header) {
        fingerprint = header.secret_key;
        await begin(header);
      },
      async table(table, rows) {
        if (dataKey !== undefined) {
          await load(table, rows);
          return;
        }
        const first = await readSealedDataKey(table, rows);
        dataKey = openWith(config, first.sealed, fingerprint);
        await load(table, first.rows);
      },
      ...(onTable === undefined ? {} : { tableRead: onTable }),
    });
  }).catch((error: unknown) => {
    if (isFileFailure(error)) throw fileRefusal('from', typeof from === 'string' ? from : undefined, error);
    throw damaged(error)
      ? unusable('The backup is cut off, or was changed: it cannot be uncompressed.')
      : error;
  });
  if (read === undefined || dataKey === undefined)
    throw unusable('The backup was changed: it has no data key.');
  if (!backupMac(dataKey)(read.digest).equals(Buffer.from(read.footer.mac, 'hex'))) {
    throw unusable('The backup was changed by somebody who does not have its SECRET_KEY.');
  }
  return { read, dataKey };
}

function openWith({ secretKeys }: Config, sealed: Buffer, fingerprint: string): Buffer {
  try {
    return openSealedDataKey(sealed, secretKeys).key;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw new DomainError(
      'secret_key_mismatch',
      `SECRET_KEY is not the one that the backup was made with: set the one with the fingerprint ${fingerprint}. Yours has ${secretKeys.map(secretKeyFingerprint).join(', ')}. Nothing was changed.`,
    );
  }
}

async function drain(_table: unknown, rows: AsyncIterable<Buffer>): Promise<void> {
  for await (const _chunk of rows);
}

/** Whether what is not gzip, or not whole, is to blame. */
function damaged(error: unknown): boolean {
  return errorCode(error)?.startsWith('Z_') === true;
}

function report(
  config: Config,
  { header, footer }: ReadBackup,
  restored: RestoreReport['restored'],
): RestoreReport {
  return {
    id: header.id,
    createdAt: new Date(header.created_at),
    version: header.version,
    tables: footer.tables,
    rows: footer.rows,
    otherIssuer: header.issuer === config.issuer ? undefined : header.issuer,
    restored,
  };
}
