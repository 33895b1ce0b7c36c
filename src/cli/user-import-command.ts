import { InvalidArgumentError, Option, type Command } from 'commander';
import { createReadStream } from 'node:fs';
import { importAccounts } from '../domain/accounts/import-accounts.js';
import { readImportLines } from '../domain/accounts/import-lines.js';
import type { ImportVerdict } from '../domain/accounts/import-verdict.js';
import { DomainError } from '../domain/errors.js';
import { OPERATOR } from '../domain/roles/grantor.js';
import type { CliContext } from './cli-context.js';
import { printable, writeLine } from './output.js';
import type { CliOutput } from './terminal.js';

interface ImportOptions {
  readonly dryRun?: boolean;
  readonly onConflict: 'skip' | 'update' | 'fail';
  readonly resumeAfter?: number;
  readonly json?: boolean;
}

/** How an import stands: lines by what became of them. */
interface Counts {
  created: number;
  updated: number;
  skipped: number;
  invalid: number;
  /** The last line with a verdict: after it an import goes on. */
  lastLine: number;
}

/** Lines between two reports of progress. */
const REPORT_EVERY = 500;

/** Adds `user import`. */
export function addUserImport(user: Command, cli: CliContext): void {
  user
    .command('import')
    .description('import users, one JSON object a line, with passwords hashed by other systems')
    .argument('<file>', 'file of lines, or - for standard input')
    .option('--dry-run', 'say what would happen, and change nothing')
    .addOption(
      new Option('--on-conflict <how>', 'when the user is there already')
        .choices(['skip', 'update', 'fail'])
        .default('skip'),
    )
    .option('--resume-after <line>', 'go on after this line', readLineNumber)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
A line is what user show --json and user export print, with password_hash (bcrypt, scrypt, PBKDF2, argon2, salted SHA)
or password beside it. A faulty line is told and left out; the exit code is then 1. An import can be run again: users
that are there are skipped.

Examples:
  latchkey user import users.ndjson --dry-run
  latchkey user import users.ndjson --on-conflict update
  gunzip -c users.ndjson.gz | latchkey user import -`,
    )
    .action((file: string, options: ImportOptions) => runImport(cli, file, options));
}

async function runImport(cli: CliContext, file: string, options: ImportOptions): Promise<void> {
  const { dryRun = false, onConflict, resumeAfter = 0, json = false } = options;
  const report = json ? createJsonReport(cli.stdout, dryRun) : createTextReport(cli.stdout, dryRun);
  const progress = createProgress(cli.stderr);
  const counts: Counts = { created: 0, updated: 0, skipped: 0, invalid: 0, lastLine: resumeAfter };
  const work = async (deps: Parameters<Parameters<CliContext['run']>[1]>[0]): Promise<void> => {
    const lines = readImportLines(file === '-' ? bytesOf(cli.stdin) : createReadStream(file));
    const settings = { dryRun, onConflict, resumeAfterLine: resumeAfter };
    let finished = false;
    report.begin();
    try {
      const accounts = { ...deps, bulkAccounts: deps.stores.bulkAccounts };
      for await (const verdict of importAccounts(accounts, OPERATOR, lines, settings)) {
        counts[verdict.status] += 1;
        counts.lastLine = verdict.line;
        if (verdict.status === 'invalid') {
          progress.clear();
          report.invalid(verdict);
        }
        progress.show(counts);
      }
      finished = true;
    } catch (error) {
      throw describeReadFailure(error, file);
    } finally {
      progress.clear();
      report.end(counts, finished);
    }
    if (counts.invalid > 0) {
      const those = counts.invalid === 1 ? '1 line is' : `${counts.invalid} lines are`;
      throw new DomainError('invalid_input', `${those} not valid. Correct them and import the file again.`);
    }
  };
  await cli.run({ json }, work, () => '');
}

/** Writes faulty lines as they come, so that many of them take no memory. */
interface Report {
  begin(): void;
  invalid(verdict: ImportVerdict): void;
  /** @param finished false when the import broke off */
  end(counts: Counts, finished: boolean): void;
}

function createTextReport(stdout: CliOutput, dryRun: boolean): Report {
  return {
    begin: () => undefined,
    invalid({ line, faults = [] }) {
      for (const { field, detail } of faults) {
        writeLine(stdout, printable(`Line ${line}${field === '' ? '' : `, ${field}`}: ${detail}`));
      }
    },
    end({ created, updated, skipped, invalid, lastLine }, finished) {
      if (!finished && created + updated + skipped + invalid === 0) return;
      const counts = `${created} created, ${updated} updated, ${skipped} skipped, ${invalid} invalid`;
      writeLine(stdout, `${dryRun ? 'Dry run, nothing was changed: ' : ''}${counts}.`);
      if (!finished) writeLine(stdout, `Broke off. Go on with: --resume-after ${lastLine}`);
    },
  };
}

/** One JSON object over the whole run, written piece by piece. */
function createJsonReport(stdout: CliOutput, dryRun: boolean): Report {
  let written = 0;
  return {
    begin: () => void stdout.write('{"invalid_lines":['),
    invalid({ line, faults = [] }) {
      stdout.write(`${written === 0 ? '\n' : ',\n'}${JSON.stringify({ line, faults })}`);
      written += 1;
    },
    end({ created, updated, skipped, invalid, lastLine }, finished) {
      const summary = { created, updated, skipped, invalid, last_line: lastLine, dry_run: dryRun, finished };
      writeLine(stdout, `],\n${JSON.stringify(summary).slice(1)}`);
    },
  };
}

function createProgress(stderr: CliOutput) {
  const isShown = stderr.isTTY === true;
  let length = 0;
  return {
    show({ created, updated, skipped, invalid, lastLine }: Counts): void {
      if (!isShown || (created + updated + skipped + invalid) % REPORT_EVERY !== 0) return;
      const text = `line ${lastLine}: ${created} created, ${updated} updated, ${skipped} skipped, ${invalid} invalid`;
      stderr.write(`\r${text.padEnd(length)}`);
      length = text.length;
    },
    clear(): void {
      if (length > 0) stderr.write(`\r${' '.repeat(length)}\r`);
      length = 0;
    },
  };
}

async function* bytesOf(stdin: CliContext['stdin']): AsyncGenerator<Uint8Array> {
  for await (const chunk of stdin) yield Buffer.from(chunk);
}

function describeReadFailure(error: unknown, file: string): unknown {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file',
    EACCES: 'it may not be read',
    EISDIR: 'it is a folder',
  };
  const reason = typeof code === 'string' ? reasons[code] : undefined;
  return reason === undefined
    ? error
    : new DomainError('invalid_input', `${printable(file)} cannot be imported: ${reason}.`);
}

function readLineNumber(text: string): number {
  if (!/^\d{1,12}$/.test(text)) throw new InvalidArgumentError('It must be the number of a line.');
  return Number(text);
}
