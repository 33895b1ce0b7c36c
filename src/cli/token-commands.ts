import { Option, type Command } from 'commander';
import { showAccount } from '../domain/accounts/show-account.js';
import { createClientDirectory } from '../domain/clients/client-directory.js';
import { revokeClientTokens } from '../domain/clients/revoke-client-tokens.js';
import { revokeEverything } from '../domain/sessions/revoke-everything.js';
import { signOutEverywhere } from '../domain/sessions/sign-out-everywhere.js';
import type { CliContext, CliDependencies } from './cli-context.js';

interface RevokeOptions {
  readonly user?: string;
  readonly client?: string;
  readonly all?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** What was ended, for a person and for a program. */
interface Revoked {
  readonly told: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** Adds `tokens revoke`. */
export function registerTokenCommands(program: Command, cli: CliContext): void {
  const revoke = program
    .command('tokens')
    .description('end what was issued, for instance after an incident')
    .command('revoke')
    .description('end all sessions and tokens of a user, all tokens of a client, or everything of everybody')
    .addOption(
      new Option('--user <user>', 'of this user: id, email address or username').conflicts(['client', 'all']),
    )
    .addOption(new Option('--client <client-id>', 'of this client, for everybody').conflicts('all'))
    .option('--all', 'of everybody, people and services; needs --yes')
    .option('--yes', 'I mean it')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
What ends counts at every instance at once. JWT access tokens, of resources with access_token_format: jwt, are good until
they expire for an API that checks them alone. Passwords, secrets and consents stay: people and clients can sign in again.

Examples:
  latchkey tokens revoke --user ada@example.com
  latchkey tokens revoke --client shop
  latchkey tokens revoke --all --yes`,
    );
  revoke.action((options: RevokeOptions) => {
    const work = workOf(options);
    if (typeof work === 'string') return revoke.error(`error: ${work}`);
    return cli.run(
      options,
      work,
      ({ told }) => told,
      ({ json }) => json,
    );
  });
}

/** @returns what is to be done, or what is missing on the command line */
function workOf({
  user,
  client,
  all,
  yes,
}: RevokeOptions): ((deps: CliDependencies) => Promise<Revoked>) | string {
  if (user !== undefined) return (deps) => ofUser(deps, user);
  if (client !== undefined) return (deps) => ofClient(deps, client);
  if (all !== true) return 'say whose: --user, --client or --all';
  return yes === true ? ofEverybody : 'this signs everybody out, people and services: add --yes';
}

async function ofUser(deps: CliDependencies, user: string): Promise<Revoked> {
  const { id } = await showAccount(deps.stores, user);
  const { email } = await signOutEverywhere(deps, id);
  return { told: `Signed ${email} out everywhere.`, json: { user_id: id, revoked: true } };
}

async function ofClient(deps: CliDependencies, clientId: string): Promise<Revoked> {
  const clientDirectory = createClientDirectory(deps.declaredClients, deps.stores.clients, deps.profile);
  const ended = await revokeClientTokens({ ...deps, clientDirectory }, clientId);
  return {
    told: `${clientId} holds nothing any more: ended ${ended} of its grants, tokens and codes.`,
    json: { client_id: clientId, ended, revoked: true },
  };
}

async function ofEverybody(deps: CliDependencies): Promise<Revoked> {
  const ended = await revokeEverything(deps);
  return {
    told: `Signed everybody out: ended ${ended} sessions, grants, tokens and codes.`,
    json: { ended, revoked: true },
  };
}
