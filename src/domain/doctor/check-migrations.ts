import { fault, fine, type Finding } from './finding.js';

/** How the schema of the database stands to this version. */
export interface SchemaState {
  /** Names of migrations that are to be applied yet. */
  readonly pending: readonly string[];
  /** Names of migrations that a newer version has applied. */
  readonly unknown: readonly string[];
}

/** Whether the schema is the one that this version works on. */
export function checkMigrations({ pending, unknown }: SchemaState): readonly Finding[] {
  if (unknown.length > 0) {
    return [
      fault(
        'migrations.schema_newer',
        `A newer version has migrated the database (${unknown.join(', ')}).`,
        'Run that version, here too.',
      ),
    ];
  }
  if (pending.length > 0) {
    return [
      fault(
        'migrations.pending',
        `${pending.length} migrations are not applied yet, from ${pending[0] ?? ''} on.`,
        'Start the server, which applies them, or run: latchkey migrate',
      ),
    ];
  }
  return [fine('migrations.applied', 'The schema is up to date.')];
}
