import { isDeepStrictEqual } from 'node:util';
import type { Client } from './client.js';

/** Fields that say when and by whom, not what. */
const CIRCUMSTANCES = new Set(['createdAt', 'updatedAt', 'secrets', 'source', 'selfRegistered', 'clientId']);

/** The names of the fields in which two states of a client differ, in snake_case. */
export function changedFields(before: Client, after: Client): readonly string[] {
  const was: Readonly<Record<string, unknown>> = { ...before };
  return Object.entries(after)
    .filter(([name, is]) => !CIRCUMSTANCES.has(name) && !isDeepStrictEqual(was[name], is))
    .map(([name]) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
}
