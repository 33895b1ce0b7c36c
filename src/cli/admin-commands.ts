import type { Command } from 'commander';
import { issueSetupLink } from '../domain/administrators/issue-setup-link.js';
import type { CliContext } from './cli-context.js';

/** Adds `admin link`. */
export function registerAdminCommands(program: Command, cli: CliContext): void {
  program
    .command('admin')
    .description('set up administrators')
    .command('link')
    .description('make a link by which an administrator can be set up, once and within a day')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
An earlier link ends. Whoever opens the link becomes an administrator: send it on a safe way.

Example:
  latchkey admin link`,
    )
    .action((options: { readonly json?: boolean }) =>
      cli.run(
        options,
        (deps) => issueSetupLink(deps, { automatic: false }),
        ({ url, expiresAt }) =>
          `${url}\n\nOpen it in a browser. It works once, until ${expiresAt.toISOString()}; earlier links no longer work.`,
        ({ url, expiresAt }) => ({ url, expires_at: expiresAt.toISOString() }),
      ),
    );
}
