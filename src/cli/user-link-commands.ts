import type { Command } from 'commander';
import { issueAccountLink } from '../domain/account-links/issue-account-link.js';
import { sendAccountLink } from '../domain/account-links/send-account-link.js';
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

interface LinkOptions {
  readonly json?: boolean;
  readonly client?: string;
  readonly send?: boolean;
}

/** Adds `user reset-link|verification-link|sign-in-link`. */
export function registerUserLinkCommands(program: Command, cli: CliContext): void {
  const user = program.commands.find((command) => command.name() === 'user') ?? program.command('user');
  for (const { name, purpose, description, advice } of COMMANDS) {
    const command = user.command(name);
    if (purpose === 'sign_in') command.option('--client <id>', 'the client to go on to');
    command
      .description(description)
      .argument('<user>', 'id, email address or username')
      .option('--send', 'mail it to the user instead of printing it')
      .option('--json', 'print JSON')
      .addHelpText(
        'after',
        `\nIt works once, and ends the link before it. ${advice}\n\nExample:\n  latchkey user ${name} ada@example.com`,
      )
      .action((identifier: string, options: LinkOptions) =>
        cli.run(
          options,
          async (deps) => {
            const account = await showAccount(deps.stores, identifier);
            const clientDirectory = createClientDirectory(
              deps.declaredClients,
              deps.stores.clients,
              deps.profile,
            );
            const scoped = { ...deps, clientDirectory };
            const forClient = { clientId: options.client };
            if (options.send) {
              const sent = await sendAccountLink(scoped, purpose, account.id, forClient);
              return { account, url: undefined, ...sent };
            }
            if (purpose === 'sign_in') {
              return { account, ...(await issueSignInLink(scoped, account.id, forClient)) };
            }
            return { account, ...(await issueAccountLink(deps, purpose, account.id)) };
          },
          ({ account, url, expiresAt }) =>
            url === undefined
              ? `The link goes to ${account.email} by mail. It works until ${expiresAt.toISOString()}, once.`
              : `Link for ${account.email}, until ${expiresAt.toISOString()}, once:\n${url}\n\n${advice}`,
          ({ account, url, expiresAt }) => ({
            user_id: account.id,
            email: account.email,
            ...(url === undefined ? {} : { url }),
            sent: url === undefined,
            expires_at: expiresAt.toISOString(),
          }),
        ),
      );
  }
}
