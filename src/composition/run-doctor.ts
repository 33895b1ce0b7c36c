import type { Config } from '../config/config.js';
import { ConfigError } from '../config/config-error.js';
import { systemClock } from '../domain/clock.js';
import { fault, type Finding } from '../domain/doctor/finding.js';
import { runChecks } from '../domain/doctor/run-checks.js';
import { doctorChecks, type Patient } from './doctor-checks.js';
import { openConfiguredDatabase, type OpenedDatabase } from './open-database.js';
import { StartupError } from './startup-error.js';

/** Milliseconds that a check may take; they run beside each other. */
const MOST_MS = 25_000;

/** Runs all checks. */
export function examine(patient: Patient): Promise<readonly Finding[]> {
  return runChecks(doctorChecks(patient), { mostMs: MOST_MS });
}

/**
 * Runs what `latchkey doctor` asks for. It changes nothing, migrates nothing, and tells every failure as a finding.
 * @param load reads the configuration
 */
export async function runDoctor(load: () => Config): Promise<readonly Finding[]> {
  let config: Config;
  try {
    config = load();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map(({ setting, problem, remedy }) =>
      fault('configuration.wrong', `${setting} ${problem}.`, remedy),
    );
  }
  let database: OpenedDatabase;
  try {
    database = await openConfiguredDatabase(config, {
      applicationName: 'latchkey-doctor',
      migrate: false,
    });
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    return [fault('database.unusable', error.lines.join(' '), 'See docs/storage.md.')];
  }
  try {
    return await examine({ config, database, clock: systemClock });
  } finally {
    await database.close();
  }
}
