import type { Command } from 'commander';
import { showAccount } from '../domain/accounts/show-account.js';
import { linkInformation, listLinks } from '../domain/upstream/list-links.js';
import { unlinkIdentity } from '../domain/upstream/unlink-identity.js';
import type { CliContext } from './cli-context.js';
import { presentTable } from './output.js';

/** Adds `user linked-accounts` and `user unlink`. */
export function registerUserLinkedAccountCommands(program: Command, cli: CliContext): void {
  const user = program.commands.find((command) => command.name() === 'user') ?? program.command('user');
  user
    .command('linked-accounts')
    .description('list the accounts of other providers by which a user signs in')
    .argument('<user>', 'id, email address or username')
    .option('--json', 'print JSON')
    .action((identifier: string, options: { readonly json?: boolean }) =>
      cli.run(
        options,
        async ({ stores, identityProviders: providers }) => {
          const { id } = await showAccount(stores, identifier);
          return listLinks({ ...stores, providers }, id);
        },
        (links) =>
          links.length === 0
            ? 'No account of another provider is linked.'
            : presentTable(
                ['ID', 'PROVIDER', 'EMAIL', 'LAST USED'],
                links.map((link) => [
                  link.id,
                  link.providerName,
                  link.email ?? '-',
                  link.lastUsedAt?.toISOString() ?? '-',
                ]),
              ),
        (links) => links.map(linkInformation),
      ),
    );
  user
    .command('unlink')
    .description('unlink an account of another provider; all sessions and tokens of the user end')
    .argument('<user>', 'id, email address or username')
    .argument('<link>', 'id of the link, see user linked-accounts')
    .option('--json', 'print JSON')
    .action((identifier: string, link: string, options: { readonly json?: boolean }) =>
      cli.run(
        options,
        async (deps) => {
          const account = await showAccount(deps.stores, identifier);
          const providers = deps.identityProviders;
          const by = { kind: 'administrator' } as const;
          await unlinkIdentity({ ...deps, providers }, { id: account.id, link }, by);
          return account;
        },
        ({ email }) => `Unlinked. ${email} is signed out everywhere.`,
        ({ id }) => ({ user_id: id, link, unlinked: true }),
      ),
    );
}
