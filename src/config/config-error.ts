/** One thing that is wrong with the configuration. */
export interface ConfigFault {
  /** The environment variable, or `CONFIG` and the path within the file, for instance `CONFIG clients[0].type`. */
  readonly setting: string;
  /** What is wrong, without a full stop; never contains a secret. */
  readonly problem: string;
  /** What to do, as one or more sentences. */
  readonly remedy: string;
}

/** The configuration cannot be used; it names every fault at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'config_invalid';
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[]) {
    super(`The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}.`);
    this.faults = faults;
  }
}

/**
 * Writes the faults for a terminal, one line each: `SETTING: problem. remedy`.
 * @returns the lines, joined by line feeds, without one at the end
 */
export function formatConfigFaults(error: ConfigError): string {
  return error.faults.map(({ setting, problem, remedy }) => `${setting}: ${problem}. ${remedy}`).join('\n');
}
