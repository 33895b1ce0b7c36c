import { DomainError } from '../domain/errors.js';
import { ensureDeclaredGroups } from '../domain/groups/ensure-declared-groups.js';
import { ensureDeclaredRoles } from '../domain/roles/ensure-declared-roles.js';
import type { Application } from './application.js';
import { StartupError } from './startup-error.js';

/**
 * Brings the roles and groups of the configuration file into the database. The server does so at its start; the command
 * line does not, as it may run without the file.
 * @throws {StartupError} with every fault
 */
export async function ensureDeclared(
  application: Pick<Application, 'config' | 'unitOfWork' | 'clock'>,
): Promise<void> {
  try {
    await ensureDeclaredRoles(application, application.config.roles);
    await ensureDeclaredGroups(application, application.config.groups);
  } catch (error) {
    if (!(error instanceof DomainError) || error.code === 'storage_unavailable') throw error;
    const lines = error.faults.length > 0 ? error.faults.map(({ detail }) => detail) : [error.message];
    throw new StartupError(lines, { cause: error });
  }
}
