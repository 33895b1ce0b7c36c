import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { SecretKeys } from './config.js';
import { ConfigError } from './config-error.js';
import { readSecretKeys } from './secret-keys.js';
import { systemErrorCode } from './read-failure.js';
import { Refusal } from './refusal.js';

/**
 * Gives the secret of a server that runs without SECRET_KEY, which production refuses. It is made once, from 32 random
 * bytes, and kept in `secret-key` below the data directory, readable by its owner only. Processes that start at once
 * agree on one.
 * @param dataDir absolute path; made when it does not exist
 * @throws {ConfigError} when the file cannot be made or read, or is damaged
 */
export function loadOrCreateDevelopmentSecret(dataDir: string): SecretKeys {
  const file = path.join(dataDir, 'secret-key');
  try {
    return readSecretKeys((readIfPresent(file) ?? create(dataDir, file)).trim());
  } catch (error) {
    throw new ConfigError([describeFailure(file, error)]);
  }
}

/** Writes a file aside and gives it its name by a link, which fails when another process was first. */
function create(dataDir: string, file: string): string {
  mkdirSync(dataDir, { recursive: true });
  const aside = `${file}.${randomBytes(8).toString('hex')}`;
  try {
    writeFileSync(aside, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx', flush: true });
    try {
      linkSync(aside, file);
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST') throw error;
    }
    flushFolder(dataDir);
  } finally {
    rmSync(aside, { force: true });
  }
  return readFileSync(file, 'utf8');
}

function readIfPresent(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** What the secret seals may outlast a power cut, so its name must too. */
function flushFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function describeFailure(file: string, error: unknown) {
  if (error instanceof Refusal) {
    return {
      setting: 'SECRET_KEY',
      problem: `is not set, and the one kept in ${file} is damaged`,
      remedy: 'Restore that file from a backup; without it, what the database has sealed cannot be opened.',
    };
  }
  return {
    setting: 'DATA_DIR',
    problem: `no secret key can be kept in ${file} (${systemErrorCode(error)})`,
    remedy: 'Set DATA_DIR to a folder that this user may write to, or set SECRET_KEY.',
  };
}
