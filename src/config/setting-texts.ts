import path from 'node:path';
import type { ConfigFault } from './config-error.js';
import { ENVIRONMENT_SETTINGS, SECRET_SETTINGS } from './environment-schema.js';
import { describeReadFailure } from './read-failure.js';
import type { ConfigSources } from './config-sources.js';

/** The settings that are set, as text; none is empty. */
export type SettingTexts = ReadonlyMap<string, string>;

/**
 * Takes the settings from the environment, and secrets also from the files that `NAME_FILE` names.
 * An empty variable counts as unset, as container tools pass it on.
 */
export function readSettingTexts({ env, readFile, cwd }: ConfigSources): {
  readonly texts: SettingTexts;
  readonly faults: readonly ConfigFault[];
} {
  const texts = new Map<string, string>();
  const faults: ConfigFault[] = [];
  for (const name of ENVIRONMENT_SETTINGS) {
    const text = env[name]?.trim() ?? '';
    if (text !== '') texts.set(name, text);
  }
  for (const name of SECRET_SETTINGS) {
    const variable = `${name}_FILE`;
    const file = env[variable]?.trim() ?? '';
    if (file === '') continue;
    if (texts.has(name)) {
      faults.push({
        setting: variable,
        problem: `is set, and so is ${name}`,
        remedy: 'Set only one of the two.',
      });
      continue;
    }
    try {
      const text = readFile(path.resolve(cwd, file)).trim();
      if (text === '') {
        faults.push({
          setting: variable,
          problem: 'names an empty file',
          remedy: `Write the value of ${name} into it.`,
        });
      } else {
        texts.set(name, text);
      }
    } catch (error) {
      faults.push({ setting: variable, ...describeReadFailure(file, error) });
    }
  }
  return { texts, faults };
}
