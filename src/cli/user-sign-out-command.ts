import type { Command } from 'commander';
import { showAccount } from '../domain/accounts/show-account.js';
import { signOutEverywhere } from '../domain/sessions/sign-out-everywhere.js';
import type { CliContext } from './cli-context.js';

/** Adds `user sign-out`. */
export function addUserSignOut(user: Command, cli: CliContext): void {
  user
    .command('sign-out')
    .description('end all sessions and tokens of a user now; they can sign in again')
    .argument('<user>', 'id, email address or username')
    .option('--json', 'print JSON')
    .action((identifier: string, options: { readonly json?: boolean }) =>
      cli.run(
        options,
        async (deps) => {
          const { id } = await showAccount(deps.stores, identifier);
          return signOutEverywhere(deps, id);
        },
        ({ email }) => `Signed ${email} out everywhere.`,
        ({ id }) => ({ id, signed_out: true }),
      ),
    );
}
