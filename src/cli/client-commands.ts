import type { Command } from 'commander';
import type { Client } from '../domain/clients/client.js';
import { createClientDirectory, type ClientDirectory } from '../domain/clients/client-directory.js';
import { clientInformation } from '../domain/clients/client-information.js';
import { deleteClient } from '../domain/clients/delete-client.js';
import { registerClient } from '../domain/clients/register-client.js';
import { rotateClientSecret } from '../domain/clients/rotate-client-secret.js';
import { updateClient } from '../domain/clients/update-client.js';
import { DomainError } from '../domain/errors.js';
import type { CliContext, CliDependencies } from './cli-context.js';
import { addClientLogo } from './client-logo-commands.js';
import {
  addCreateOptions,
  addUpdateOptions,
  readSeconds,
  toChanges,
  toRegistration,
  type CreateClientOptions,
  type UpdateClientOptions,
} from './client-options.js';
import { addRegistrationToken } from './registration-token-commands.js';
import { presentClient, presentClients, presentSecret } from './present-client.js';

/** Clients read at a time. */
const PAGE_SIZE = 200;

interface JsonOption {
  readonly json?: boolean;
}

/** Adds `client create|list|show|update|delete|rotate-secret|logo|registration-token`. */
export function registerClientCommands(program: Command, cli: CliContext): void {
  const client = program.command('client').description('manage the applications that sign people in here');
  addCreate(client, cli);
  addList(client, cli);
  addShow(client, cli);
  addUpdate(client, cli);
  addDelete(client, cli);
  addRotateSecret(client, cli);
  addClientLogo(client, cli);
  addRegistrationToken(client, cli);
}

function addCreate(client: Command, cli: CliContext): void {
  addCreateOptions(client.command('create').description('register a client'))
    .addHelpText(
      'after',
      `
Examples:
  latchkey client create --name Shop --type web --redirect-uri https://shop.example.com/callback
  latchkey client create --name Reports --type service --scope reports:read --json`,
    )
    .action((options: CreateClientOptions) =>
      cli.run(
        options,
        (deps) => registerClient(useCaseDeps(deps), toRegistration(options)),
        ({ client: created, secret }) =>
          secret === undefined
            ? presentClient(created)
            : `${presentClient(created)}\n\n${presentSecret(secret)}`,
        ({ client: created, secret }) => clientInformation(created, secret),
      ),
    );
}

function addList(client: Command, cli: CliContext): void {
  client
    .command('list')
    .description('list all clients, those of the configuration file too')
    .option('--json', 'print JSON')
    .action((options: JsonOption) =>
      cli.run(
        options,
        (deps) => listAll(directory(deps)),
        presentClients,
        (clients) => clients.map((found) => clientInformation(found)),
      ),
    );
}

function addShow(client: Command, cli: CliContext): void {
  client
    .command('show')
    .description('show a client')
    .argument('<client-id>')
    .option('--json', 'print JSON')
    .action((clientId: string, options: JsonOption) =>
      cli.run(
        options,
        async (deps) => {
          const found = await directory(deps).find(clientId);
          if (found !== undefined) return found;
          throw new DomainError('not_found', `There is no client ${JSON.stringify(clientId)}.`);
        },
        presentClient,
        (found) => clientInformation(found),
      ),
    );
}

function addUpdate(client: Command, cli: CliContext): void {
  addUpdateOptions(client.command('update').description('change a client').argument('<client-id>'))
    .addHelpText(
      'after',
      `
What is not named stays. In --metadata, null takes a key away.

Example:
  latchkey client update web-3hq0Xb9fTn2K --add-redirect-uri https://shop.example.com/callback`,
    )
    .action((clientId: string, { json, ...options }: UpdateClientOptions, command: Command) => {
      if (Object.keys(options).length === 0) command.error('error: name what to change, see --help');
      return cli.run(
        { ...(json !== undefined && { json }) },
        (deps) =>
          updateClient(useCaseDeps(deps), { clientId, changes: (before) => toChanges(options, before) }),
        presentClient,
        (updated) => clientInformation(updated),
      );
    });
}

function addDelete(client: Command, cli: CliContext): void {
  client
    .command('delete')
    .description('delete a client and end all tokens that it holds')
    .argument('<client-id>')
    .option('--json', 'print JSON')
    .action((clientId: string, options: JsonOption) =>
      cli.run(
        options,
        async (deps) => {
          await deleteClient(useCaseDeps(deps), clientId);
          return clientId;
        },
        (deleted) => `Deleted the client ${deleted}; its tokens have ended.`,
        (deleted) => ({ client_id: deleted, deleted: true }),
      ),
    );
}

function addRotateSecret(client: Command, cli: CliContext): void {
  client
    .command('rotate-secret')
    .description('give a client a new secret; the earlier ones end')
    .argument('<client-id>')
    .option(
      '--keep-old-for <seconds>',
      'let the earlier secrets work for this long (default: 0)',
      readSeconds,
    )
    .option('--json', 'print JSON')
    .action((clientId: string, options: JsonOption & { readonly keepOldFor?: number }) =>
      cli.run(
        options,
        (deps) => rotateClientSecret(useCaseDeps(deps), { clientId, keepOldForSeconds: options.keepOldFor }),
        ({ secret, earlierSecretsExpireAt }) =>
          options.keepOldFor
            ? `${presentSecret(secret)}\nEarlier secrets work until ${earlierSecretsExpireAt.toISOString()}.`
            : `${presentSecret(secret)}\nEarlier secrets no longer work.`,
        ({ client: rotated, secret, earlierSecretsExpireAt }) => ({
          ...clientInformation(rotated, secret),
          earlier_secrets_expire_at: earlierSecretsExpireAt.toISOString(),
        }),
      ),
    );
}

function useCaseDeps(deps: CliDependencies) {
  return { ...deps, declaredClientIds: new Set(deps.declaredClients.map(({ clientId }) => clientId)) };
}

function directory(deps: CliDependencies): ClientDirectory {
  return createClientDirectory(deps.declaredClients, deps.stores.clients, deps.profile);
}

async function listAll(clients: ClientDirectory): Promise<readonly Client[]> {
  const all: Client[] = [];
  for (let after: string | undefined = ''; after !== undefined;) {
    const page = await clients.list({ limit: PAGE_SIZE, after });
    all.push(...page.clients);
    after = page.next;
  }
  return all;
}
