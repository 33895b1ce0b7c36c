import type { z } from 'zod';
import type { Mode } from './config.js';
import { MODES } from './config.js';
import type { ConfigFault } from './config-error.js';
import { ENVIRONMENT_SETTINGS, environmentSchema, type Environment } from './environment-schema.js';
import { misspeltSettings } from './misspelt-settings.js';
import { SECRET_KEY_REMEDY } from './secret-keys.js';
import { readSettingTexts } from './setting-texts.js';
import type { ConfigSources } from './config-sources.js';

const REQUIRED_IN_PRODUCTION = {
  ISSUER: 'Set it to the https URL that relying parties see, for instance https://id.example.com.',
  DATABASE_URL:
    'Set it to a PostgreSQL database, for instance postgres://latchkey:PASSWORD@db.example.com:5432/latchkey.',
  SECRET_KEY: SECRET_KEY_REMEDY,
} as const;

/** What the environment says, with everything that is wrong in it. */
export interface EnvironmentReading {
  readonly mode: Mode;
  /** Empty when there are faults, but for CONFIG, so that the file can be read nevertheless. */
  readonly environment: Environment;
  readonly faults: readonly ConfigFault[];
}

/** Reads the settings of the environment; collects all faults instead of throwing. */
export function readEnvironment(sources: ConfigSources): EnvironmentReading {
  const { texts, faults: textFaults } = readSettingTexts(sources);
  const mode = modeOf(texts.get('NODE_ENV'));
  const parsed = environmentSchema(mode).safeParse(Object.fromEntries(texts));
  const faults = [...textFaults, ...(parsed.success ? [] : parsed.error.issues.map(faultOfIssue))];

  if (mode === 'production') {
    for (const [setting, remedy] of Object.entries(REQUIRED_IN_PRODUCTION)) {
      if (texts.has(setting) || faults.some((fault) => fault.setting.replace(/_FILE$/, '') === setting))
        continue;
      faults.push({ setting, problem: 'is not set, which production requires', remedy });
    }
    if (texts.has('SMTP_URL') && !texts.has('MAIL_FROM')) {
      faults.push({
        setting: 'MAIL_FROM',
        problem: 'is not set, although SMTP_URL is',
        remedy: 'Set it to the address that mails come from, for instance Example <sign-in@example.com>.',
      });
    }
  }
  faults.push(...misspeltSettings(sources.env, texts));

  const file = texts.get('CONFIG');
  const environment = parsed.success ? parsed.data : file === undefined ? {} : { CONFIG: file };
  return { mode, environment, faults: faults.toSorted(inOrderOfSettings) };
}

/** A mode that nobody knows is held to the rules of production, so that its faults show as well. */
function modeOf(text: string | undefined): Mode {
  return text === undefined ? 'development' : (MODES.find((mode) => mode === text) ?? 'production');
}

function faultOfIssue(issue: z.core.$ZodIssue): ConfigFault {
  const remedy: unknown = issue.code === 'custom' ? issue.params?.['remedy'] : undefined;
  return {
    setting: issue.path.join('.'),
    problem: issue.message,
    remedy: typeof remedy === 'string' ? remedy : 'See docs/configuration.md.',
  };
}

function inOrderOfSettings(a: ConfigFault, b: ConfigFault): number {
  return rank(a) - rank(b);
}

function rank({ setting }: ConfigFault): number {
  const index = ENVIRONMENT_SETTINGS.findIndex((name) => setting === name || setting === `${name}_FILE`);
  return index === -1 ? ENVIRONMENT_SETTINGS.length : index;
}
