import { Command, CommanderError } from 'commander';
import { describeCommands } from './describe-commands.js';
import { helpArguments } from './help-arguments.js';
import { createCliContext, type CliContext, type CliEnvironment } from './cli-context.js';

/** Adds commands to the program. */
export type RegisterCommands = (program: Command, cli: CliContext) => void;

/** The command line was not understood. */
const USAGE_ERROR = 2;

/**
 * Runs one invocation of `latchkey`.
 * @param args what follows the program's name on the command line
 * @param version this version of the product
 * @param register the groups of commands, in the order in which the help names them
 * @returns the exit code: 0 done, 1 refused or failed, 2 not understood
 */
export async function runCli(
  args: readonly string[],
  environment: CliEnvironment,
  version: string,
  register: readonly RegisterCommands[],
): Promise<number> {
  const cli = createCliContext(environment);
  const program = createProgram(environment, version);
  for (const add of register) add(program, cli);
  // For the reference in docs/ and for completions of shells: not for people, so the help does not name it.
  program.command('describe', { hidden: true }).action(() => {
    environment.stdout.write(`${JSON.stringify(describeCommands(program))}\n`);
  });
  try {
    await program.parseAsync(helpArguments(program, args), { from: 'user' });
    return cli.exitCode;
  } catch (error) {
    // Commander throws for --help and --version too, with exit code 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE_ERROR;
    throw error;
  }
}

function createProgram({ stdout, stderr }: CliEnvironment, version: string): Command {
  return new Command('latchkey')
    .description('Latchkey, an OpenID Connect provider: run it, and manage its users and clients.')
    .version(version, '--version', 'print the version')
    .helpCommand('help [command]', 'explain a command')
    .helpOption('-h, --help', 'explain this command')
    .showHelpAfterError('(add --help to see what it takes)')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
    })
    .addHelpText(
      'after',
      `
Commands work beside a running server, and need no restart of it.
Exit codes: 0 done, 1 refused or failed, 2 the command line was not understood.

Examples:
  latchkey serve
  latchkey admin link
  latchkey user create --email ada@example.com --email-verified
  latchkey client create --name Shop --type web --redirect-uri https://shop.example.com/callback`,
    );
}
