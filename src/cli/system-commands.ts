import { Option, type Command } from 'commander';
import type { CliContext } from './cli-context.js';

/** What `migrate` did or saw: names of migrations, in order. */
export interface MigrationReport {
  readonly action: 'status' | 'latest' | 'rollback';
  /** Not applied yet for `status`, applied now for `latest`, taken back now for `rollback`. */
  readonly migrations: readonly string[];
}

/** What the commands on the system itself start. */
export interface SystemActions {
  /** Serves until the process is told to stop. */
  serve(): Promise<void>;
  migrate(action: MigrationReport['action']): Promise<MigrationReport>;
  /** The configuration in force, as JSON. */
  printConfig(options: { readonly redact: boolean }): Promise<unknown>;
}

interface MigrateOptions {
  readonly status?: boolean;
  readonly rollback?: boolean;
  readonly json?: boolean;
}

/** Adds `serve`, `migrate` and `config print`. */
export function registerSystemCommands(program: Command, cli: CliContext, actions: SystemActions): void {
  program
    .command('serve')
    .description('start the server')
    .addHelpText('after', '\nIt is configured by environment variables and by the file that CONFIG names.')
    .action(() =>
      cli.runAlone(
        {},
        () => actions.serve(),
        () => '',
      ),
    );

  program
    .command('migrate')
    .description('bring the database schema up to date')
    .addOption(new Option('--status', 'only list the migrations that are not applied').conflicts('rollback'))
    .option('--rollback', 'take the latest migration back, with the data that it holds')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  latchkey migrate --status\n  latchkey migrate')
    .action((options: MigrateOptions) =>
      cli.runAlone(
        options,
        () => actions.migrate(options.status ? 'status' : options.rollback ? 'rollback' : 'latest'),
        presentMigrations,
      ),
    );

  program
    .command('config')
    .description('look at the configuration')
    .command('print')
    .description('print the configuration in force, as JSON')
    .option('--redact', 'replace secrets, so that it can be shown to others')
    .option('--json', 'print JSON, which it always does')
    .addHelpText('after', '\nExample:\n  latchkey config print --redact')
    .action((options: { readonly redact?: boolean }) =>
      cli.runAlone(
        { json: true },
        () => actions.printConfig({ redact: options.redact ?? false }),
        () => '',
      ),
    );
}

function presentMigrations({ action, migrations }: MigrationReport): string {
  if (migrations.length === 0) {
    return action === 'rollback'
      ? 'There is no migration to take back.'
      : 'The database schema is up to date.';
  }
  const heading = { status: 'Not applied yet:', latest: 'Applied:', rollback: 'Taken back:' }[action];
  return [heading, ...migrations.map((name) => `  ${name}`)].join('\n');
}
