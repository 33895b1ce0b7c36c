import type { Command } from 'commander';
import { createClientDirectory } from '../domain/clients/client-directory.js';
import type { Invitation } from '../domain/invitations/invitation.js';
import { invite } from '../domain/invitations/invite.js';
import { listInvitations } from '../domain/invitations/list-invitations.js';
import { revokeInvitation } from '../domain/invitations/revoke-invitation.js';
import type { CliContext, CliDependencies } from './cli-context.js';
import { presentTable } from './output.js';

interface InviteOptions {
  readonly email: string;
  readonly givenName?: string;
  readonly familyName?: string;
  readonly locale?: string;
  readonly role?: readonly string[];
  readonly client?: string;
  readonly json?: boolean;
}

/** Adds `user invite` and `invitation list|revoke`. */
export function registerInvitationCommands(program: Command, cli: CliContext): void {
  const user = program.commands.find((command) => command.name() === 'user') ?? program.command('user');
  user
    .command('invite')
    .description('mail somebody a link by which they create an account')
    .requiredOption('--email <address>', 'where the invitation goes')
    .option('--given-name <name>', 'given name')
    .option('--family-name <name>', 'family name')
    .option('--locale <tag>', 'language of the mail and of the account, for instance de')
    .option('--role <name...>', 'roles that the account gets')
    .option('--client <id>', 'the client that the person is invited to')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nThe link works once, for 7 days, and ends the one before it.\n\nExample:\n  latchkey user invite --email ada@example.com --role support',
    )
    .action((options: InviteOptions) =>
      cli.run(
        options,
        (deps) =>
          invite(
            {
              ...deps,
              accounts: deps.stores.accounts,
              clientDirectory: createClientDirectory(deps.declaredClients, deps.stores.clients, deps.profile),
            },
            { ...options, roles: options.role, clientId: options.client },
          ),
        ({ content, expiresAt }) =>
          `Invited ${content.email}. The invitation waits until ${expiresAt.toISOString()}.`,
        invitationInformation,
      ),
    );

  const invitation = program.command('invitation').description('see and take back invitations');
  invitation
    .command('list')
    .description('list invitations that wait, the oldest first')
    .option('--json', 'print JSON')
    .action((options: { readonly json?: boolean }) =>
      cli.run(options, listAll, presentInvitations, (invitations) => invitations.map(invitationInformation)),
    );
  invitation
    .command('revoke')
    .description('take an invitation back: its link works no more')
    .argument('<invitation-id>')
    .option('--json', 'print JSON')
    .action((id: string, options: { readonly json?: boolean }) =>
      cli.run(
        options,
        async ({ unitOfWork, clock }) => {
          await revokeInvitation({ unitOfWork, clock }, id);
          return id;
        },
        () => `Took the invitation ${id} back.`,
        () => ({ id, revoked: true }),
      ),
    );
}

async function listAll({ stores, clock }: CliDependencies): Promise<readonly Invitation[]> {
  const all: Invitation[] = [];
  let after: string | undefined;
  do {
    const page = await listInvitations({ invitations: stores.invitations, clock }, { limit: 200, after });
    all.push(...page.invitations);
    after = page.next;
  } while (after !== undefined);
  return all;
}

function invitationInformation({ id, content, createdAt, expiresAt }: Invitation) {
  const { email, givenName, familyName, locale, roles, clientId } = content;
  return {
    id,
    email,
    given_name: givenName,
    family_name: familyName,
    locale,
    roles,
    client_id: clientId,
    created_at: createdAt.toISOString(),
    expires_at: expiresAt.toISOString(),
  };
}

function presentInvitations(invitations: readonly Invitation[]): string {
  if (invitations.length === 0) return 'No invitations wait.';
  return presentTable(
    ['ID', 'EMAIL', 'ROLES', 'UNTIL'],
    invitations.map(({ id, content, expiresAt }) => [
      id,
      content.email,
      content.roles.join(', '),
      expiresAt.toISOString(),
    ]),
  );
}
