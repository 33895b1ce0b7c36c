import type { Command } from 'commander';
import { credentialInformation, listCredentials } from '../domain/accounts/list-credentials.js';
import { showAccount } from '../domain/accounts/show-account.js';
import { removeFactor } from '../domain/factors/remove-factor.js';
import type { CliContext } from './cli-context.js';
import { presentTable } from './output.js';

/** Adds `user credentials` and `user remove-factor`. */
export function registerUserCredentialCommands(program: Command, cli: CliContext): void {
  const user = program.commands.find((command) => command.name() === 'user') ?? program.command('user');
  user
    .command('credentials')
    .description('list by what a user can sign in')
    .argument('<user>', 'id, email address or username')
    .option('--json', 'print JSON')
    .action((identifier: string, options: { readonly json?: boolean }) =>
      cli.run(
        options,
        async ({ stores }) => listCredentials(stores, (await showAccount(stores, identifier)).id),
        (credentials) =>
          presentTable(
            ['KIND', 'SET', 'ID', 'NAME', 'LAST USED'],
            credentials.map(({ kind, set, id, name, lastUsedAt, left }) => [
              kind,
              left === undefined ? (set ? 'yes' : 'no') : `yes, ${left} left`,
              id ?? '-',
              name ?? '-',
              lastUsedAt?.toISOString() ?? '-',
            ]),
          ),
        (credentials) => credentials.map(credentialInformation),
      ),
    );
  user
    .command('remove-factor')
    .description('remove a second factor or passkey that a user has lost; all their sessions and tokens end')
    .argument('<user>', 'id, email address or username')
    .argument('<credential>', 'totp, or the id of a passkey: see user credentials')
    .option('--json', 'print JSON')
    .action((identifier: string, credentialId: string, options: { readonly json?: boolean }) =>
      cli.run(
        options,
        async (deps) => {
          const account = await showAccount(deps.stores, identifier);
          await removeFactor(deps, { accountId: account.id, credentialId });
          return account;
        },
        ({ email }) => `Removed. ${email} is signed out everywhere, and is told by mail.`,
        ({ id }) => ({ user_id: id, credential: credentialId, removed: true }),
      ),
    );
}
