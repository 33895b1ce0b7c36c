// Transpiles src/ and migrations/ into dist/ with the same compiler as the tests, and joins the modules into few files.
// Types are checked by `npm run types`, not here, so that a start takes no longer than it must.
//   node scripts/build.mjs             everything
//   node scripts/build.mjs --if-stale  only sources newer than their output
import { transformFile } from '@swc/core';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundle } from './bundle.mjs';

const root = path.resolve(import.meta.dirname, '..');
const out = path.join(root, 'dist');
const onlyStale = process.argv.includes('--if-stale');

const sources = (
  await Promise.all(
    ['src', 'migrations'].map((folder) =>
      readdir(path.join(root, folder), { recursive: true }).then((names) =>
        names.filter((name) => /(?<!\.d)\.ts$/.test(name)).map((name) => path.join(folder, name)),
      ),
    ),
  )
).flat();
const wanted = new Set(sources.flatMap((source) => [target(source), `${target(source)}.map`]));

await Promise.all(sources.map(build));
await removeOrphans();
if (!onlyStale || (await isBundleStale())) await writeBundle();

async function isBundleStale() {
  const inputs = [...wanted].filter((file) => file.endsWith('.js'));
  // What npm has installed changes with its lock file.
  const changes = await Promise.all(
    [...inputs, path.join(root, 'package-lock.json')].map(async (file) => (await stat(file)).mtimeMs),
  );
  const bundled = await stat(path.join(out, 'latchkey.js')).catch(() => undefined);
  return bundled === undefined || bundled.mtimeMs < Math.max(...changes);
}

// A server that runs may still load parts of an older bundle: only a whole build removes those.
async function writeBundle() {
  const files = await bundle(root);
  await mkdir(path.join(out, 'chunks'), { recursive: true });
  for (const { file, text } of files) await replace(file, text);
  if (onlyStale) return;
  const current = new Set(files.map(({ file }) => file));
  for (const name of await readdir(path.join(out, 'chunks'))) {
    const file = path.join(out, 'chunks', name);
    if (!current.has(file)) await rm(file, { force: true });
  }
}

function target(source) {
  return path.join(out, source.replace(/\.ts$/, '.js'));
}

async function build(source) {
  const from = path.join(root, source);
  const to = target(source);
  if (onlyStale) {
    const [input, output] = await Promise.all([stat(from), stat(to).catch(() => undefined)]);
    if (output && output.mtimeMs >= input.mtimeMs) return;
  }
  const { code, map } = await transformFile(from, {
    jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
    module: { type: 'es6' },
    sourceMaps: true,
    sourceFileName: path.relative(path.dirname(to), from),
  });
  await mkdir(path.dirname(to), { recursive: true });
  await replace(`${to}.map`, map);
  await replace(to, `${code}\n//# sourceMappingURL=${path.basename(to)}.map\n`);
}

// A server may be starting from the same folder: a file is either the old one or the new one, never half.
async function replace(file, content) {
  const temporary = `${file}.${process.pid}`;
  await writeFile(temporary, content, { mode: 0o755 });
  await rename(temporary, file);
}

async function removeOrphans() {
  for (const folder of ['src', 'migrations']) {
    const names = await readdir(path.join(out, folder), { recursive: true, withFileTypes: true }).catch(
      () => [],
    );
    for (const entry of names) {
      const file = path.join(entry.parentPath, entry.name);
      if (entry.isFile() && /\.js(\.map)?$/.test(entry.name) && !wanted.has(file))
        await rm(file, { force: true });
    }
  }
}
