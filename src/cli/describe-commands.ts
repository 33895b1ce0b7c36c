import type { Command, Option } from 'commander';

/** A command as its reference shows it. */
export interface CommandDescription {
  /** `user create` */
  readonly name: string;
  readonly summary: string;
  readonly arguments: readonly { readonly name: string; readonly meaning: string }[];
  readonly options: readonly {
    readonly flags: string;
    readonly meaning: string;
    readonly choices?: readonly string[];
    readonly default?: string;
    readonly required: boolean;
  }[];
  /** What the help says below: remarks and examples. */
  readonly notes: string;
}

/** Describes every command that does something, in the order of the help. */
export function describeCommands(program: Command): readonly CommandDescription[] {
  return describeBelow(program, []);
}

function describeBelow(command: Command, path: readonly string[]): readonly CommandDescription[] {
  const below = command
    .createHelp()
    .visibleCommands(command)
    .filter((child) => child.name() !== 'help');
  if (below.length === 0) return [describe(command, path.join(' '))];
  return below.flatMap((child) => describeBelow(child, [...path, child.name()]));
}

function describe(command: Command, name: string): CommandDescription {
  return {
    name,
    summary: command.description(),
    arguments: command.registeredArguments.map((argument) => ({
      name: argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
      meaning: argument.description,
    })),
    options: command.options.filter(({ hidden }) => !hidden).map(describeOption),
    notes: notesOf(command),
  };
}

function describeOption({ flags, description, argChoices, defaultValue, mandatory }: Option) {
  return {
    flags,
    meaning: description,
    ...(argChoices ? { choices: argChoices } : {}),
    ...(defaultValue === undefined ? {} : { default: String(defaultValue) }),
    required: mandatory,
  };
}

/** The help without what Commander writes of itself. */
function notesOf(command: Command): string {
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
  return help.replace(command.helpInformation(), '').trim();
}
