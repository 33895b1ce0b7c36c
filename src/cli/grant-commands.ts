import type { Command } from 'commander';
import { showAccount } from '../domain/accounts/show-account.js';
import { createClientDirectory } from '../domain/clients/client-directory.js';
import { grantInformation, type Grant } from '../domain/grants/grant.js';
import { listGrants } from '../domain/grants/list-grants.js';
import { revokeGrants } from '../domain/grants/revoke-grants.js';
import { DomainError } from '../domain/errors.js';
import { LARGEST_PAGE } from '../domain/page.js';
import type { CliContext, CliDependencies } from './cli-context.js';
import { presentTable } from './output.js';
import { readCount } from './user-options.js';

interface ListOptions {
  readonly user?: string;
  readonly client?: string;
  readonly limit?: number;
  readonly json?: boolean;
}

/** A grant, and how its client calls itself. */
interface NamedGrant {
  readonly grant: Grant;
  /** Absent: the client is gone. */
  readonly clientName: string | undefined;
}

/** Adds `grant list|revoke`. */
export function registerGrantCommands(program: Command, cli: CliContext): void {
  const grant = program.command('grant').description('see and take back what clients may do for people');
  grant
    .command('list')
    .description('list grants, the newest first')
    .option('--user <user>', 'only those of this user: id, email address or username')
    .option('--client <client-id>', 'only those of this client')
    .option('--limit <number>', 'at most this many (default: all)', readCount)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  latchkey grant list --user ada@example.com')
    .action((options: ListOptions) =>
      cli.run(
        options,
        (deps) => listAll(deps, options),
        presentGrants,
        (grants) => grants.map((one) => grantInformation(one.grant, one.clientName)),
      ),
    );
  grant
    .command('revoke')
    .description('forget a consent, and end all that a client holds for a user')
    .argument('<user>', 'id, email address or username')
    .argument('<client-id>')
    .option('--json', 'print JSON')
    .action((user: string, clientId: string, options: { readonly json?: boolean }) =>
      cli.run(
        options,
        async ({ stores, unitOfWork }) => {
          const { id, email } = await showAccount(stores, user);
          const revoked = await revokeGrants({ unitOfWork }, { accountId: id, clientId });
          if (!revoked.consent && revoked.grants === 0) {
            throw new DomainError('not_found', `${clientId} may do nothing for ${email}.`);
          }
          return { ...revoked, id, email, clientId };
        },
        ({ email }) => `${clientId} may do nothing for ${email} any more, and has to ask again.`,
        ({ id, consent, grants }) => ({ user_id: id, client_id: clientId, consent, grants, revoked: true }),
      ),
    );
}

async function listAll(deps: CliDependencies, options: ListOptions): Promise<readonly NamedGrant[]> {
  const { stores } = deps;
  const { user, client: clientId, limit = Infinity } = options;
  const accountId = user === undefined ? undefined : (await showAccount(stores, user)).id;
  const clients = createClientDirectory(deps.declaredClients, stores.clients, deps.profile);
  const names = new Map<string, string | undefined>();
  const all: NamedGrant[] = [];
  let after: string | undefined;
  do {
    const page = await listGrants(stores, {
      accountId,
      clientId,
      after,
      limit: Math.min(LARGEST_PAGE, limit - all.length),
    });
    for (const grant of page.grants) {
      if (!names.has(grant.clientId)) names.set(grant.clientId, (await clients.find(grant.clientId))?.name);
      all.push({ grant, clientName: names.get(grant.clientId) });
    }
    after = page.next;
  } while (after !== undefined && all.length < limit);
  return all;
}

function presentGrants(grants: readonly NamedGrant[]): string {
  if (grants.length === 0) return 'No grants.';
  return presentTable(
    ['USER', 'CLIENT', 'NAME', 'SCOPES', 'GRANTED', 'EXPIRES'],
    grants.map(({ grant, clientName }) => [
      grant.accountId,
      grant.clientId,
      clientName ?? '',
      [...grant.scopes, ...Object.values(grant.resourceScopes).flat()].join(' '),
      grant.grantedAt.toISOString(),
      grant.expiresAt?.toISOString() ?? '',
    ]),
  );
}
