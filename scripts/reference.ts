// Writes docs/reference/ from the schemas of the configuration and from the tree of commands.
//   npm run docs          writes
//   npm run docs:check    fails when what is there is not what would be written
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { CommandDescription } from '../src/cli/describe-commands.js';
import { commandReference } from './reference/commands.js';
import { configurationReference } from './reference/configuration.js';

const root = path.resolve(import.meta.dirname, '..');
const onlyCheck = process.argv.includes('--check');

const described = execFileSync(process.execPath, [path.join(root, 'dist/latchkey.js'), 'describe'], {
  encoding: 'utf8',
});
const pages = {
  'cli.md': commandReference(JSON.parse(described) as readonly CommandDescription[]),
  'configuration.md': configurationReference(),
};

await mkdir(path.join(root, 'docs/reference'), { recursive: true });
for (const [name, text] of Object.entries(pages)) {
  const file = path.join(root, 'docs/reference', name);
  const formatted = await format(text, { ...(await resolveConfig(file)), parser: 'markdown' });
  if (!onlyCheck) await writeFile(file, formatted);
  else if ((await readFile(file, 'utf8').catch(() => '')) !== formatted) {
    console.error(`docs/reference/${name} is not up to date. Run: npm run docs`);
    process.exitCode = 1;
  }
}
