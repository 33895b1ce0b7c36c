import type { Knex } from 'knex';
import { DomainError } from '../../domain/errors.js';
import { tidyPermissions, type Role } from '../../domain/roles/role.js';
import type { RoleStore } from '../../domain/roles/role-store.js';

interface RoleRow {
  readonly name: string;
  readonly description: string;
  readonly permissions: string[];
  readonly built_in: boolean;
  readonly source: Role['source'];
  readonly created_at: Date;
  readonly updated_at: Date;
}

/**
 * Roles in PostgreSQL.
 * @param knex the pool, or the transaction of a unit of work
 */
export function createRoleStore(knex: Knex): RoleStore {
  const find = async (name: string): Promise<Role | undefined> => {
    if (!mayBeName(name)) return undefined;
    const [row] = await knex<RoleRow>('roles').where({ name });
    return row && toRole(row);
  };

  return {
    find,

    async list() {
      return (await knex<RoleRow>('roles').orderBy('name')).map(toRole);
    },

    async findForUpdate(name) {
      if (!mayBeName(name)) return undefined;
      await knex.raw('select from roles where name = ? for update', [name]);
      return find(name);
    },

    async findAll(names) {
      const rows = await knex<RoleRow>('roles').whereIn('name', names.filter(mayBeName)).orderBy('name');
      return rows.map(toRole);
    },

    async insert(role) {
      const inserted: unknown[] = await knex('roles')
        .insert({ name: role.name, ...toColumns(role), created_at: role.createdAt })
        .onConflict('name')
        .ignore()
        .returning('name');
      if (inserted.length > 0) return;
      const detail = `There is a role ${role.name} already; choose another name.`;
      throw new DomainError('already_exists', detail, [{ field: 'name', code: 'taken', detail }]);
    },

    async update(role) {
      const count = await knex('roles').where({ name: role.name }).update(toColumns(role));
      if (count === 0) {
        throw new DomainError('not_found', `There is no role ${JSON.stringify(role.name)}.`);
      }
    },

    async remove(name) {
      if (!mayBeName(name)) return false;
      return (await knex('roles').where({ name }).delete()) > 0;
    },
  };
}

function toRole(row: RoleRow): Role {
  return {
    name: row.name,
    description: row.description,
    permissions: tidyPermissions(row.permissions),
    builtIn: row.built_in,
    source: row.source,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function toColumns(role: Role) {
  return {
    description: role.description,
    permissions: role.permissions,
    built_in: role.builtIn,
    source: role.source,
    updated_at: role.updatedAt,
  };
}

/** One that PostgreSQL could not even read as text names no role. */
function mayBeName(name: string): boolean {
  return !/[\0\ud800-\udfff]/.test(name);
}
