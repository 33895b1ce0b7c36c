import type { Role } from './role.js';

/** Where roles live. */
export interface RoleStore {
  /** All of them, ordered by name. */
  list(): Promise<readonly Role[]>;
  find(name: string): Promise<Role | undefined>;
  /** Like `find`, and keeps others from changing the role until the unit of work ends. */
  findForUpdate(name: string): Promise<Role | undefined>;
  /** Those of the names that there are, ordered by name. */
  findAll(names: readonly string[]): Promise<readonly Role[]>;
  /** @throws {DomainError} `already_exists` */
  insert(role: Role): Promise<void>;
  /** Writes everything but the time of creation. @throws {DomainError} `not_found` */
  update(role: Role): Promise<void>;
  /** Removes the role from whoever holds it too. @returns false when there was no such role */
  remove(name: string): Promise<boolean>;
}
