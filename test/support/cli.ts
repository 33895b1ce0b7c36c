import { CLI_PROGRAM, launch, type Ended, type Settings } from './server-process.js';
import type { TestServer } from './server.js';

/** How a command ended. */
export interface CommandResult extends Ended {
  /** A text of the JSON object that it printed. @throws {Error} when there is none of that name */
  field(name: string): string;
}

/**
 * Runs a command of the built command line.
 * @param settings of the environment, for instance those of a running server
 * @param input what is on its standard input
 */
export async function runCommand(
  settings: Settings,
  args: readonly string[],
  input = '',
): Promise<CommandResult> {
  const command = launch(CLI_PROGRAM, args, settings);
  command.child.stdin.end(input);
  const ended = await command.ended;
  return { ...ended, field: (name) => textIn(ended.stdout, name) };
}

/** Runs a command beside a server. @throws {Error} with what it printed when it fails */
export async function latchkey(
  server: Pick<TestServer, 'env'>,
  args: readonly string[],
  input?: string,
): Promise<CommandResult> {
  const result = await runCommand(server.env, [...args, '--json'], input);
  if (result.exitCode !== 0) throw new Error(`latchkey ${args.join(' ')} failed: ${result.stderr}`);
  return result;
}

function textIn(output: string, name: string): string {
  const value = (JSON.parse(output) as Readonly<Record<string, unknown>>)[name];
  if (typeof value !== 'string') throw new Error(`There is no text ${name} in what was printed: ${output}`);
  return value;
}
