import type { Command } from 'commander';
import { once } from 'node:events';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { Writable } from 'node:stream';
import { fileRefusal, isFileFailure } from '../composition/file-failure.js';
import { exportAccounts } from '../domain/accounts/export-accounts.js';
import type { JsonObject } from '../domain/json.js';
import type { CliContext } from './cli-context.js';
import { printable } from './output.js';

interface ExportOptions {
  readonly withPasswordHashes?: boolean;
  readonly output?: string;
  readonly json?: boolean;
}

/** Only for the owner. */
const FILE_MODE = 0o600;
/** Characters that are written at a time. */
const CHUNK_LENGTH = 65_536;

/** Adds `user export`. */
export function addUserExport(user: Command, cli: CliContext): void {
  user
    .command('export')
    .description('print all users, one JSON object a line, as user import takes them')
    .option(
      '--with-password-hashes',
      'include the hashes of passwords; keep the result as secret as a password',
    )
    .option(
      '--output <file>',
      'write into a file that only its owner may read; it is there whole or not at all',
    )
    .option('--json', 'print errors, and what was written into a file, as JSON')
    .addHelpText(
      'after',
      `
Examples:
  latchkey user export > users.ndjson
  latchkey user export --with-password-hashes --output users.ndjson`,
    )
    .action((options: ExportOptions) =>
      cli.run(
        options,
        async (deps) => {
          const exported = exportAccounts({ ...deps, bulkAccounts: deps.stores.bulkAccounts }, options);
          if (options.output === undefined) {
            await writeLines(exported, (text) => writeAll(cli, text));
            return undefined;
          }
          return { file: options.output, users: await writeFile(options.output, exported) };
        },
        (written) =>
          written === undefined
            ? ''
            : `Wrote ${written.users} user${written.users === 1 ? '' : 's'} to ${printable(written.file)}.`,
      ),
    );
}

/** @returns how many there were */
async function writeLines(
  objects: AsyncIterable<JsonObject>,
  write: (text: string) => Promise<unknown>,
): Promise<number> {
  let count = 0;
  let text = '';
  for await (const object of objects) {
    count += 1;
    text += `${JSON.stringify(object)}\n`;
    if (text.length < CHUNK_LENGTH) continue;
    await write(text);
    text = '';
  }
  if (text !== '') await write(text);
  return count;
}

/** Waits for whoever reads, so that a slow reader costs no memory. */
async function writeAll({ stdout }: CliContext, text: string): Promise<void> {
  if (stdout.write(text) === false && stdout instanceof Writable) await once(stdout, 'drain');
}

/** Writes beside the file first, and puts it into its place only when all is on disk. */
async function writeFile(file: string, objects: AsyncIterable<JsonObject>): Promise<number> {
  const unfinished = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.unfinished`);
  let handle: FileHandle | undefined;
  try {
    handle = await open(unfinished, 'wx', FILE_MODE);
    const opened = handle;
    const count = await writeLines(objects, (text) => opened.writeFile(text));
    await opened.sync();
    await opened.close();
    await rename(unfinished, file);
    return count;
  } catch (error) {
    await handle?.close();
    if (handle !== undefined) await rm(unfinished, { force: true });
    throw isFileFailure(error) ? fileRefusal('output', printable(file), error) : error;
  }
}
