import { InvalidArgumentError, type Command } from 'commander';
import { createInitialAccessToken } from '../domain/client-registration/create-initial-access-token.js';
import {
  presentInitialAccessToken,
  type InitialAccessToken,
} from '../domain/client-registration/initial-access-token.js';
import { listInitialAccessTokens } from '../domain/client-registration/list-initial-access-tokens.js';
import { revokeInitialAccessToken } from '../domain/client-registration/revoke-initial-access-token.js';
import { splitScope } from '../domain/clients/client-registration.js';
import { OPERATOR } from '../domain/roles/grantor.js';
import type { CliContext, CliDependencies } from './cli-context.js';
import { readSeconds } from './client-options.js';
import { presentTable } from './output.js';

interface CreateOptions {
  readonly name: string;
  readonly uses?: number;
  readonly expiresIn?: number;
  readonly redirectHost?: string[];
  readonly scope?: string;
  readonly resource?: string[];
  readonly grantType?: string[];
  readonly json?: boolean;
}

/** Adds `registration-token create|list|revoke` to `client`. */
export function addRegistrationToken(client: Command, cli: CliContext): void {
  const token = client
    .command('registration-token')
    .description('manage the tokens by which applications register themselves');
  addCreate(token, cli);
  token
    .command('list')
    .description('list the tokens, the oldest first; used up ones too')
    .option('--json', 'print JSON')
    .action((options: { readonly json?: boolean }) =>
      cli.run(options, listAll, presentTokens, (tokens) =>
        tokens.map((found) => presentInitialAccessToken(found)),
      ),
    );
  token
    .command('revoke')
    .description('take a token back; clients that registered by it stay')
    .argument('<token-id>')
    .option('--json', 'print JSON')
    .action((id: string, options: { readonly json?: boolean }) =>
      cli.run(
        options,
        ({ unitOfWork }) => revokeInitialAccessToken({ unitOfWork }, id),
        () => `Revoked the token ${id}.`,
        () => ({ id, revoked: true }),
      ),
    );
}

function addCreate(token: Command, cli: CliContext): void {
  token
    .command('create')
    .description('make a token by which applications register themselves (RFC 7591)')
    .requiredOption('--name <name>', 'who it is for')
    .option('--uses <count>', 'clients that may register by it (default: 1)', readCount)
    .option('--expires-in <seconds>', 'how long it may be used (default: 604800, 7 days)', readSeconds)
    .option('--redirect-host <host...>', 'hosts of their redirect URIs, for instance *.example.org')
    .option('--scope <scope>', 'scopes that they may have, in one text')
    .option('--resource <identifier...>', 'resource servers that they get')
    .option('--grant-type <type...>', 'grant types that they may have')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
What is not named is as client_registration in the configuration file says.

Example:
  latchkey client registration-token create --name 'Partner Inc.' --uses 5 --redirect-host '*.partner.example'`,
    )
    .action((options: CreateOptions) =>
      cli.run(
        options,
        (deps) =>
          createInitialAccessToken(deps, {
            name: options.name,
            maxUses: options.uses,
            expiresInSeconds: options.expiresIn,
            policy: {
              redirectHosts: options.redirectHost,
              scopes: options.scope === undefined ? undefined : splitScope(options.scope),
              resources: options.resource,
              grantTypes: options.grantType,
            },
            grantor: OPERATOR,
          }),
        ({ token: { id, maxUses, expiresAt }, text }) =>
          [
            `Initial access token: ${text}`,
            'Store it now: it is not shown again.',
            `It lets ${maxUses === 1 ? 'one client' : `${maxUses} clients`} register until ${expiresAt.toISOString()}. To take it back: latchkey client registration-token revoke ${id}`,
          ].join('\n'),
        ({ token: created, text }) => presentInitialAccessToken(created, text),
      ),
    );
}

function readCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

async function listAll({ stores }: CliDependencies): Promise<readonly InitialAccessToken[]> {
  const all: InitialAccessToken[] = [];
  let after: string | undefined;
  do {
    const page = await listInitialAccessTokens(stores, { limit: 200, after });
    all.push(...page.tokens);
    after = page.next;
  } while (after !== undefined);
  return all;
}

function presentTokens(tokens: readonly InitialAccessToken[]): string {
  if (tokens.length === 0) return 'There are no tokens.';
  return presentTable(
    ['ID', 'NAME', 'USES', 'UNTIL'],
    tokens.map(({ id, name, uses, maxUses, expiresAt }) => [
      id,
      name,
      `${uses} of ${maxUses}`,
      expiresAt.toISOString(),
    ]),
  );
}
