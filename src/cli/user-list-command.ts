import { InvalidArgumentError, type Command } from 'commander';
import { accountInformation } from '../domain/accounts/account-information.js';
import type { Account } from '../domain/accounts/account.js';
import { listAccounts } from '../domain/accounts/list-accounts.js';
import { LARGEST_PAGE } from '../domain/page.js';
import type { CliContext, CliDependencies } from './cli-context.js';
import { presentAccounts } from './present-account.js';
import { readCount } from './user-options.js';

interface ListOptions {
  readonly search?: string;
  readonly email?: string;
  readonly username?: string;
  readonly disabled?: boolean;
  readonly enabled?: boolean;
  readonly createdAfter?: Date;
  readonly newestFirst?: boolean;
  readonly limit?: number;
  readonly after?: string;
  readonly json?: boolean;
}

/** Adds `user list`. */
export function addUserList(user: Command, cli: CliContext): void {
  user
    .command('list')
    .description('list users, in the order in which they were created')
    .option('--search <text>', 'only those whose email address, username or name contains this')
    .option('--email <email>', 'only the one with this email address, whatever its case')
    .option('--username <name>', 'only the one with this username, whatever its case')
    .option('--disabled', 'only those who are disabled')
    .option('--enabled', 'only those who are not disabled')
    .option('--created-after <time>', 'only those created at this time (RFC 3339) or later', readTime)
    .option('--newest-first', 'the newest first instead of the oldest')
    .option('--limit <number>', 'at most this many (default: all)', readCount)
    .option('--after <id>', 'only those behind this one in the list')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  latchkey user list --search lovelace
  latchkey user list --disabled --created-after 2026-01-01T00:00:00Z
  latchkey user list --newest-first --limit 100 --json`,
    )
    .action((options: ListOptions, command: Command) => {
      if (options.disabled && options.enabled) command.error('error: choose one of --disabled and --enabled');
      return cli.run(
        options,
        (deps) => listAll(deps, options),
        presentAccounts,
        (accounts) => accounts.map(accountInformation),
      );
    });
}

async function listAll({ stores }: CliDependencies, options: ListOptions): Promise<readonly Account[]> {
  const { search, email, username, disabled, enabled, createdAfter, newestFirst, limit = Infinity } = options;
  const all: Account[] = [];
  let after = options.after;
  do {
    const page = await listAccounts(stores, {
      search,
      email,
      username,
      disabled: disabled ?? (enabled ? false : undefined),
      createdAfter,
      newestFirst,
      after,
      limit: Math.min(LARGEST_PAGE, limit - all.length),
    });
    all.push(...page.accounts);
    after = page.next;
  } while (after !== undefined && all.length < limit);
  return all;
}

/** @see RFC 3339 §5.6 */
function readTime(text: string): Date {
  const form = /^\d{4}-\d\d-\d\d(?:[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d))?$/;
  const time = new Date(form.test(text) ? text : Number.NaN);
  if (Number.isNaN(time.getTime())) {
    throw new InvalidArgumentError('It must be a time like 2026-01-31T12:00:00Z, or a date.');
  }
  return time;
}
