import type { Command } from 'commander';
import { cancelAccountDeletion } from '../domain/account-deletion/cancel-account-deletion.js';
import { accountInformation } from '../domain/accounts/account-information.js';
import { showAccount } from '../domain/accounts/show-account.js';
import type { CliContext } from './cli-context.js';

/** Adds `user keep`. */
export function addUserKeep(user: Command, cli: CliContext): void {
  user
    .command('keep')
    .description('take back the deletion that a user has asked for')
    .argument('<user>', 'id, email address or username')
    .option('--json', 'print JSON')
    .action((identifier: string, options: { readonly json?: boolean }) =>
      cli.run(
        options,
        async (application) => {
          const { id } = await showAccount(application.stores, identifier);
          return cancelAccountDeletion(application, id);
        },
        ({ email }) => `${email} is kept.`,
        accountInformation,
      ),
    );
}
