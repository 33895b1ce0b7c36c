import { ConfigError, formatConfigFaults } from '../config/config-error.js';
import { StartupError } from './startup-error.js';

/** @returns the lines to print for a failure that a person can mend; undefined for a fault of ours */
export function describeStartFailure(error: unknown): readonly string[] | undefined {
  if (error instanceof ConfigError) return formatConfigFaults(error).split('\n');
  if (error instanceof StartupError) return error.lines;
  return undefined;
}
