import type { Command } from 'commander';
import type { CliContext } from './cli-context.js';

/** What the commands on templates do. */
export interface ViewsActions {
  /** Copies a template; answers where it is. */
  eject(page: string, folder: string): Promise<string>;
  /** Checks a folder; answers its absolute path. */
  check(folder: string): Promise<string>;
}

interface ViewsOptions {
  readonly to: string;
  readonly json?: boolean;
}

/** Adds `views eject|check`. */
export function registerViewsCommands(program: Command, cli: CliContext, actions: ViewsActions): void {
  const views = program.command('views').description('change the templates of the hosted pages');
  views
    .command('eject')
    .description('copy a template, to change it')
    .argument('<page>', 'for instance login, or partials/page-end')
    .option('--to <folder>', 'where to', 'views')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nName the folder as views_dir in the configuration file.')
    .action((page: string, options: ViewsOptions) =>
      cli.runAlone(
        options,
        () => actions.eject(page, options.to),
        (file) => `Copied to ${file}`,
        (file) => ({ file }),
      ),
    );
  views
    .command('check')
    .description('check a folder of templates, texts and files as the start does')
    .argument('[folder]', 'the folder', 'views')
    .option('--json', 'print JSON')
    .action((folder: string, options: { readonly json?: boolean }) =>
      cli.runAlone(
        options,
        () => actions.check(folder),
        (checked) => `All is well in ${checked}`,
        (checked) => ({ folder: checked, faults: [] }),
      ),
    );
}
