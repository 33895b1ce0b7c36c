import type { Command } from 'commander';
import { issueAccountLink } from '../domain/account-links/issue-account-link.js';
import { issueSignInLink } from '../domain/account-links/issue-sign-in-link.js';
import { showAccount } from '../domain/accounts/show-account.js';
import { createClientDirectory } from '../domain/clients/client-directory.js';
import type { CliContext } from './cli-context.js';

const COMMANDS = [
  {
    name: 'reset-link',
    purpose: 'password_reset',
    description: 'make a link by which a user chooses a new password',
    advice: 'Hand it to the owner of the account: whoever has it can set the password.',
  },
  {
    name: 'verification-link',
    purpose: 'email_verification',
    description: 'make a link by which a user verifies the email address',
    advice: 'Send it to that address and nowhere else: it proves that its reader gets mail there.',
  },
  {
    name: 'sign-in-link',
    purpose: 'sign_in',
    description: 'make a link by which a user signs in once without a password',
    advice: 'Hand it to the owner of the account: whoever has it can sign in as them.',
  },
] as const;

/** Adds `user reset-link|verification-link|sign-in-link`. */
export function registerUserLinkCommands(program: Command, cli: CliContext): void {
  const user = program.commands.find((command) => command.name() === 'user') ?? program.command('user');
  for (const { name, purpose, description, advice } of COMMANDS) {
    const command = user.command(name);
    if (purpose === 'sign_in') command.option('--client <id>', 'the client to go on to');
    command
      .description(description)
      .argument('<user>', 'id, email address or username')
      .option('--json', 'print JSON')
      .addHelpText(
        'after',
        `\nIt works once, and ends the link before it. ${advice}\n\nExample:\n  latchkey user ${name} ada@example.com`,
      )
      .action((identifier: string, options: { readonly json?: boolean; readonly client?: string }) =>
        cli.run(
          options,
          async (deps) => {
            const account = await showAccount(deps.stores, identifier);
            if (purpose !== 'sign_in')
              return { account, ...(await issueAccountLink(deps, purpose, account.id)) };
            const clientDirectory = createClientDirectory(deps.declaredClients, deps.stores.clients);
            const scoped = { ...deps, clientDirectory };
            return { account, ...(await issueSignInLink(scoped, account.id, { clientId: options.client })) };
          },
          ({ account, url, expiresAt }) =>
            `Link for ${account.email}, until ${expiresAt.toISOString()}, once:\n${url}\n\n${advice}`,
          ({ account, url, expiresAt }) => ({
            user_id: account.id,
            email: account.email,
            url,
            expires_at: expiresAt.toISOString(),
          }),
        ),
      );
  }
}
