import type { Command } from 'commander';
import { showAccount } from '../domain/accounts/show-account.js';
import { LARGEST_PAGE } from '../domain/page.js';
import { endSession } from '../domain/sessions/end-session.js';
import { listSessions } from '../domain/sessions/list-sessions.js';
import { sessionInformation, type Session } from '../domain/sessions/session.js';
import type { CliContext, CliDependencies } from './cli-context.js';
import { presentTable } from './output.js';
import { readCount } from './user-options.js';

interface ListOptions {
  readonly user?: string;
  readonly limit?: number;
  readonly json?: boolean;
}

/** Adds `session list|end`. */
export function registerSessionCommands(program: Command, cli: CliContext): void {
  const session = program.command('session').description('see and end sessions of people who are signed in');
  session
    .command('list')
    .description('list sessions, the newest first')
    .option('--user <user>', 'only those of this user: id, email address or username')
    .option('--limit <number>', 'at most this many (default: all)', readCount)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  latchkey session list --user ada@example.com')
    .action((options: ListOptions) =>
      cli.run(
        options,
        (deps) => listAll(deps, options),
        presentSessions,
        (sessions) => sessions.map(sessionInformation),
      ),
    );
  session
    .command('end')
    .description('end a session, and what was issued in it without offline_access')
    .argument('<session-id>')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nTo end everything of a user: latchkey user sign-out <user>')
    .action((sessionId: string, options: { readonly json?: boolean }) =>
      cli.run(
        options,
        ({ unitOfWork }) => endSession({ unitOfWork }, { sessionId }),
        ({ id }) => `Ended the session ${id}.`,
        ({ id, accountId }) => ({ id, user_id: accountId, ended: true }),
      ),
    );
}

async function listAll({ stores }: CliDependencies, options: ListOptions): Promise<readonly Session[]> {
  const { user, limit = Infinity } = options;
  const accountId = user === undefined ? undefined : (await showAccount(stores, user)).id;
  const all: Session[] = [];
  let after: string | undefined;
  do {
    const page = await listSessions(stores, {
      accountId,
      after,
      limit: Math.min(LARGEST_PAGE, limit - all.length),
    });
    all.push(...page.sessions);
    after = page.next;
  } while (after !== undefined && all.length < limit);
  return all;
}

function presentSessions(sessions: readonly Session[]): string {
  if (sessions.length === 0) return 'No sessions.';
  return presentTable(
    ['ID', 'USER', 'SIGNED IN', 'EXPIRES', 'BY', 'CLIENTS'],
    sessions.map((session) => [
      session.id,
      session.accountId,
      session.signedInAt?.toISOString() ?? '',
      session.expiresAt?.toISOString() ?? '',
      session.amr.join(' '),
      session.clientIds.join(' '),
    ]),
  );
}
