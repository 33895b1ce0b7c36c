import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { putClientLogo, removeClientLogo } from '../domain/branding/change-client-logo.js';
import { DomainError } from '../domain/errors.js';
import type { CliContext, CliDependencies } from './cli-context.js';

interface LogoOptions {
  readonly file?: string;
  readonly remove?: boolean;
  readonly json?: boolean;
}

/** Adds `client logo`. */
export function addClientLogo(client: Command, cli: CliContext): void {
  client
    .command('logo')
    .description('give a client a logo, or take it away')
    .argument('<client-id>')
    .option('--file <path>', 'PNG, JPEG, WebP or SVG, at most 200 KiB')
    .option('--remove', 'take an uploaded logo away')
    .option('--json', 'print JSON')
    .action((clientId: string, options: LogoOptions, command: Command) => {
      const { file, remove } = options;
      if ((file === undefined) === (remove !== true)) command.error('error: name --file or --remove');
      return cli.run(
        options,
        async (deps) => {
          if (file === undefined) return removeClientLogo(logoDeps(deps), clientId);
          await putClientLogo(logoDeps(deps), { clientId, bytes: await readImage(file) });
          return true;
        },
        (changed) => (changed ? `Changed the logo of ${clientId}.` : `${clientId} has no uploaded logo.`),
        (changed) => ({ client_id: clientId, changed }),
      );
    });
}

async function readImage(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const unreadable = new DomainError('invalid_input', `The file ${file} cannot be read.`);
    unreadable.cause = error;
    throw unreadable;
  }
}

function logoDeps(deps: CliDependencies) {
  return { ...deps, declaredClientIds: new Set(deps.declaredClients.map(({ clientId }) => clientId)) };
}
