import { readFileSync } from 'node:fs';
import type { Config } from './config.js';
import { loadOrCreateDevelopmentSecret } from './development-secret.js';
import { readConfig } from './read-config.js';

/**
 * Loads the configuration of this process: the environment, the files that it names, and, outside production, the
 * secret that is kept in the data directory, which is made on first use.
 * @param env the environment, by default that of this process
 * @throws {ConfigError} naming every fault at once
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const reading = readConfig({ env, readFile: (path) => readFileSync(path, 'utf8'), cwd: process.cwd() });
  return { ...reading, secretKeys: reading.secretKeys ?? loadOrCreateDevelopmentSecret(reading.dataDir) };
}

/**
 * Whether npm started this process. npm passes signals on to a shell, which ends by them and leaves its own child
 * running; such a child has to look after itself.
 */
export function isRunByNpm(env: Readonly<Record<string, string | undefined>> = process.env): boolean {
  return env['npm_lifecycle_event'] !== undefined;
}
