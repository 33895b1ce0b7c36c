import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { CommandDescription } from '../../src/cli/describe-commands.js';
import { runCommand } from '../support/cli.js';
import { PROJECT } from '../support/server-process.js';

const PAGES = [
  'README.md',
  ...readdirSync(path.join(PROJECT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !name.startsWith('reference'))
    .map((name) => path.join('docs', name)),
];

const TEXTS = PAGES.map((page) => [page, readFileSync(path.join(PROJECT, page), 'utf8')] as const);

/** What pages show of our own command line within fences for the shell: what follows `latchkey`. */
const FENCED = TEXTS.flatMap(([page, text]) => {
  return [...text.matchAll(/^[ \t]*```(?:sh|console)\n([\s\S]*?)^[ \t]*```/gm)].flatMap(([, fence = '']) =>
    fence
      .replace(/\\\n\s*/g, ' ')
      .split('\n')
      .map((line) => withinContainer(line.replace(/(^|\s)#.*$/, '')))
      .flatMap((line) => [...line.matchAll(/(?:^|\s)latchkey (?:-- )?([a-z][^|>;]*)/g)])
      .map(([, command = '']) => [page, command.trim()] as const),
  );
});

/** What they show of it within sentences. */
const IN_SENTENCES = TEXTS.flatMap(([page, text]) =>
  [...text.matchAll(/`latchkey ([a-z][^`|]*)/g)].map(([, command = '']) => [page, command] as const),
);

const SHOWN = [...FENCED, ...IN_SENTENCES];

/** Options that pages name alone, without their command. */
const OPTIONS = TEXTS.flatMap(([page, text]) =>
  [...text.matchAll(/`(--[a-z][a-z-]*)(?=[ `])/g)].map(([, option = '']) => [page, option] as const),
);

/** What a container is told to run; nothing where the line is about the container itself. */
function withinContainer(line: string): string {
  if (!/^\s*(kubectl|helm|docker)\b/.test(line)) return line;
  return /(?:-- |exec latchkey )(latchkey .*)$/.exec(line)?.[1] ?? '';
}

let commands: readonly CommandDescription[];

beforeAll(async () => {
  const { stdout } = await runCommand({}, ['describe']);
  commands = JSON.parse(stdout) as readonly CommandDescription[];
});

test('pages show many commands', () => {
  expect(SHOWN.length).toBeGreaterThan(50);
});

test.each(SHOWN)('%s: latchkey %s is a command with these options', (_page, command) => {
  const known = commands.find(({ name }) => command === name || command.startsWith(`${name} `));
  expect(known?.name).toBeDefined();
  const flags = known?.options.flatMap((option) => option.flags.match(/--[a-z-]+/g) ?? []) ?? [];
  // Values in quotes may hold anything, also what looks like an option.
  const used = command.replace(/'[^']*'|"[^"]*"/g, '').match(/(?<=\s)--[a-z-]+/g) ?? [];
  expect([...flags, '--help']).toEqual(expect.arrayContaining([...used]));
});

/** Options of other programs that pages name alone. */
const OF_OTHERS = new Set(['--build-arg', '--if-stale']);

test('options that pages name alone belong to some command', () => {
  const known = new Set(
    commands.flatMap(({ options }) => options.flatMap(({ flags }) => flags.match(/--[a-z-]+/g) ?? [])),
  );
  const unknown = OPTIONS.filter(
    ([, option]) => option !== '--help' && !known.has(option) && !OF_OTHERS.has(option),
  );
  expect(unknown).toEqual([]);
  expect(OPTIONS.length).toBeGreaterThan(30);
});
