import type { Command } from 'commander';
import { DomainError } from '../domain/errors.js';
import type { CliContext } from './cli-context.js';
import { printable, writeLine } from './output.js';

/** What was written. */
export interface BackupOutcome {
  readonly id: string;
  readonly createdAt: Date;
  readonly file: string | undefined;
  readonly tables: number;
  readonly rows: number;
  readonly secretKey: string;
}

/** What was read, and put into the database. */
export interface RestoreOutcome {
  readonly id: string;
  readonly createdAt: Date;
  readonly version: string;
  readonly tables: number;
  readonly rows: number;
  readonly otherIssuer: string | undefined;
  readonly restored:
    | {
        readonly signingKeysKept: boolean;
        readonly auditLog:
          | { readonly intact: true; readonly count: number }
          | { readonly intact: false; readonly sequence: number };
      }
    | undefined;
}

type OnTable = (progress: { readonly table: string; readonly rows: number }) => void;

/** What the commands start. A path of `-` is standard output, or standard input. */
export interface BackupActions {
  backup(request: { readonly to: string; readonly onTable: OnTable }): Promise<BackupOutcome>;
  restore(request: {
    readonly from: string;
    readonly force: boolean;
    readonly keepSigningKeys: boolean;
    readonly checkOnly: boolean;
    readonly onTable: OnTable;
  }): Promise<RestoreOutcome>;
}

interface RestoreOptions {
  readonly from: string;
  readonly force?: boolean;
  readonly keepSigningKeys?: boolean;
  readonly check?: boolean;
  readonly json?: boolean;
}

/** Adds `backup` and `restore`. */
export function registerBackupCommands(program: Command, cli: CliContext, actions: BackupActions): void {
  const progress =
    ({ json = false }: { readonly json?: boolean }): OnTable =>
    ({ table, rows }) => {
      if (!json) writeLine(cli.stderr, `  ${table}: ${count(rows, 'row')}`);
    };

  program
    .command('backup')
    .description('write all that lasts into one file, as it is at one moment; servers may go on running')
    .requiredOption('--to <file>', 'where to, a file that is not there yet; - for standard output')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nKeep it as secret as the database, and SECRET_KEY apart from it: a restore needs both.\n\n' +
        'Examples:\n  latchkey backup --to latchkey-2026-11-28.backup\n' +
        '  latchkey backup --to - | age -r age1… > latchkey.backup.age',
    )
    .action((options: { readonly to: string; readonly json?: boolean }) =>
      cli.runAlone(
        options,
        async () => {
          if (options.to === '-') refuseTerminal(cli);
          const outcome = await actions.backup({ to: options.to, onTable: progress(options) });
          if (outcome.file !== undefined) return outcome;
          // Standard output is the backup itself.
          writeLine(cli.stderr, options.json ? JSON.stringify(backupJson(outcome)) : presentBackup(outcome));
          return undefined;
        },
        (outcome) => (outcome === undefined ? '' : presentBackup(outcome)),
        (outcome) => outcome && backupJson(outcome),
      ),
    );

  program
    .command('restore')
    .description('put a backup into the database, whole or not at all, and end all that was issued before')
    .requiredOption('--from <file>', 'the backup; - for standard input')
    .option('--force', 'take the place of all that is in the database')
    .option('--keep-signing-keys', 'for a move: what was signed before stays valid')
    .option('--check', 'only read the backup to its end, and say whether it could be restored')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nStop every server first. Everybody has to sign in again afterwards; see docs/backup.md.\n\n' +
        'Examples:\n  latchkey restore --from latchkey-2026-11-28.backup --check\n' +
        '  latchkey restore --from latchkey-2026-11-28.backup',
    )
    .action((options: RestoreOptions) =>
      cli.runAlone(
        options,
        () =>
          actions.restore({
            from: options.from,
            force: options.force ?? false,
            keepSigningKeys: options.keepSigningKeys ?? false,
            checkOnly: options.check ?? false,
            onTable: progress(options),
          }),
        presentRestore,
        restoreJson,
      ),
    );
}

function refuseTerminal({ stdout }: CliContext): void {
  if (stdout.isTTY !== true) return;
  const detail = 'A backup is no text for a terminal: name a file, or pass it on to another program.';
  throw new DomainError('invalid_input', detail, [{ field: 'to', code: 'terminal', detail }]);
}

function presentBackup({ id, file, tables, rows, secretKey }: BackupOutcome): string {
  return (
    `Wrote ${count(rows, 'row')} of ${count(tables, 'table')}${file === undefined ? '' : ` to ${printable(file)}`}, backup ${id}.\n` +
    `A restore needs the SECRET_KEY with the fingerprint ${secretKey}, which is not in it.`
  );
}

function presentRestore(outcome: RestoreOutcome): string {
  const { id, createdAt, version, tables, rows, otherIssuer, restored } = outcome;
  const what = `backup ${id} of ${createdAt.toISOString()}, by Latchkey ${version}: ${count(rows, 'row')} of ${count(tables, 'table')}.`;
  const lines = [`${restored === undefined ? 'Whole, and can be opened: ' : 'Restored '}${what}`];
  if (otherIssuer !== undefined) {
    lines.push(
      `Its issuer is ${printable(otherIssuer)}, not that of this configuration: applications and passkeys know that one.`,
    );
  }
  if (restored !== undefined) {
    lines.push(
      'All sessions, tokens, codes, links, invitations and remembered browsers of before have ended.',
      restored.signingKeysKept
        ? 'The signing keys were kept: JWTs that they signed stay valid until they expire.'
        : 'The next start makes new signing keys: JWTs of before are valid nowhere, as soon as applications ask for the keys.',
      restored.auditLog.intact
        ? `The audit log holds: ${count(restored.auditLog.count, 'event')}.`
        : `The audit log does not hold from event ${restored.auditLog.sequence} on: it was so in the backup.`,
    );
  }
  return lines.join('\n');
}

function backupJson({ id, createdAt, file, tables, rows, secretKey }: BackupOutcome) {
  return {
    id,
    created_at: createdAt.toISOString(),
    file: file ?? null,
    tables,
    rows,
    secret_key_fingerprint: secretKey,
  };
}

function restoreJson({ id, createdAt, version, tables, rows, otherIssuer, restored }: RestoreOutcome) {
  return {
    id,
    created_at: createdAt.toISOString(),
    version,
    tables,
    rows,
    other_issuer: otherIssuer ?? null,
    restored: restored !== undefined,
    signing_keys_kept: restored?.signingKeysKept ?? null,
    audit_log_intact: restored?.auditLog.intact ?? null,
  };
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
