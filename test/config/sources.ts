import { ConfigError, type ConfigFault } from '../../src/config/config-error.js';
import type { ConfigSources } from '../../src/config/config-sources.js';
import { readConfig, type ConfigReading } from '../../src/config/read-config.js';

type Env = Readonly<Record<string, string | undefined>>;
type Files = Readonly<Record<string, string>>;

export const SECRET = 'q7rJ0m3vXkz5t1yBn8wLd2sHf6gPc9aE';
export const OTHER_SECRET = 'Zx1Cv2Bn3Mm4Aa5Ss6Dd7Ff8Gg9Hh0Jj';

/** Everything that production requires. */
export const PRODUCTION = {
  NODE_ENV: 'production',
  ISSUER: 'https://id.example.com',
  DATABASE_URL: 'postgres://latchkey:swordfish@db.example.com/latchkey',
  SECRET_KEY: SECRET,
} as const;

/** An environment and files that exist in memory only; other files are absent. */
export function sources(env: Env, files: Files = {}): ConfigSources {
  return {
    env,
    cwd: '/srv/latchkey',
    readFile: (path) => {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error(`no ${path}`), { code: 'ENOENT' });
      return text;
    },
  };
}

export function read(env: Env, files?: Files): ConfigReading {
  return readConfig(sources(env, files));
}

/** The faults that reading finds; empty when it finds none. */
export function faultsOf(env: Env, files?: Files): readonly ConfigFault[] {
  try {
    read(env, files);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

/** The names of the settings at fault. */
export function settingsAtFault(env: Env, files?: Files): readonly string[] {
  return faultsOf(env, files).map((fault) => fault.setting);
}

/** Reads a configuration file of the given text, with an environment that says nothing else. */
export function readFileText(text: string, files: Files = {}): ConfigReading {
  return read({ CONFIG: 'latchkey.yaml' }, { '/srv/latchkey/latchkey.yaml': text, ...files });
}

export function faultsOfFileText(text: string, files: Files = {}): readonly ConfigFault[] {
  return faultsOf({ CONFIG: 'latchkey.yaml' }, { '/srv/latchkey/latchkey.yaml': text, ...files });
}
