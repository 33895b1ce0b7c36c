// npm drops an optional platform package silently when the registry lacks it, and a clean install then fails
// elsewhere. Every optional dependency that the lockfile names must have an entry of its own.
import { readFileSync } from 'node:fs';

const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));
const installed = new Set(Object.keys(packages).map((key) => key.replace(/^.*node_modules\//, '')));
const missing = Object.entries(packages).flatMap(([key, entry]) =>
  Object.keys(entry.optionalDependencies ?? {})
    .filter((name) => !installed.has(name))
    .map((name) => `${key || 'package.json'} → ${name}`),
);
if (missing.length > 0) {
  console.error(
    `package-lock.json lacks optional dependencies; pin a version that has them:\n  ${missing.join('\n  ')}`,
  );
  process.exit(1);
}
