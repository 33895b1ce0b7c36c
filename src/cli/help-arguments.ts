import type { Command } from 'commander';

const HELP = new Set(['-h', '--help']);

/**
 * The arguments so that a mistyped command is told as such also where help is asked for: commander would show the help of
 * the command above it instead, as if all were well. `help` takes the whole name of a command.
 * @param program with all commands
 */
export function helpArguments(program: Command, args: readonly string[]): readonly string[] {
  let command = program;
  for (const [index, word] of args.entries()) {
    if (command.commands.length === 0 || word.startsWith('-')) return args;
    const rest = args.slice(index + 1);
    if (word === 'help' && rest.length > 0) {
      return helpArguments(program, [...args.slice(0, index), ...rest, '--help']);
    }
    const next = command.commands.find((known) => known.name() === word);
    if (next === undefined) return word === 'help' ? args : args.filter((other) => !HELP.has(other));
    command = next;
  }
  return args;
}
