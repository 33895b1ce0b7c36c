import path from 'node:path';
import type { ConfigFault } from './config-error.js';
import type { ConfigSources } from './config-sources.js';
import { describeReadFailure } from './read-failure.js';

/** What of the environment speaks of it. */
interface RedisEnvironment {
  readonly REDIS_URL?: string | undefined;
  readonly REDIS_CA_FILE?: string | undefined;
}

/**
 * @param sources.cwd absolute path at which relative ones start
 * @returns PEM: the authorities that the certificate of Redis may come from
 */
export function redisAuthorities(
  { REDIS_CA_FILE: file }: RedisEnvironment,
  { readFile, cwd }: Pick<ConfigSources, 'readFile' | 'cwd'>,
): string | undefined {
  return file === undefined ? undefined : readFile(path.resolve(cwd, file));
}

/** What is wrong with REDIS_CA_FILE; REDIS_URL is checked by itself. */
export function redisFaults(
  { REDIS_URL: url, REDIS_CA_FILE: file }: RedisEnvironment,
  { readFile, cwd }: Pick<ConfigSources, 'readFile' | 'cwd'>,
): readonly ConfigFault[] {
  if (file === undefined) return [];
  const setting = 'REDIS_CA_FILE';
  if (url === undefined || !/^rediss/i.test(url)) {
    const problem = 'is set, although REDIS_URL does not ask for TLS';
    return [{ setting, problem, remedy: 'Begin REDIS_URL with rediss://, or leave this one out.' }];
  }
  try {
    if (/-----BEGIN (TRUSTED )?CERTIFICATE-----/.test(readFile(path.resolve(cwd, file)))) return [];
  } catch (error) {
    return [{ setting, ...describeReadFailure(file, error) }];
  }
  const problem = 'names a file without a certificate';
  return [{ setting, problem, remedy: 'Name a PEM file with the certificate of the authority.' }];
}
