import { DomainError } from '../../domain/errors.js';

const FOREIGN_KEY_VIOLATION = '23503';

/**
 * Writes who has roles, and says in the domain's words when one of them does not exist.
 * @throws {DomainError} `invalid_input` naming `roles`
 */
export async function refusingUnknownRoles(
  roles: readonly string[],
  write: () => PromiseLike<unknown>,
): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!violatesRoleKey(error)) throw error;
    const detail = `One of the roles ${roles.join(', ')} does not exist; create it first.`;
    throw new DomainError('invalid_input', detail, [{ field: 'roles', code: 'role_unknown', detail }]);
  }
}

/** Constraints are named after their columns. */
function violatesRoleKey(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    error.code === FOREIGN_KEY_VIOLATION &&
    'constraint' in error &&
    typeof error.constraint === 'string' &&
    error.constraint.endsWith('_role_fkey')
  );
}
