import type { Knex } from 'knex';
import { isAccountId } from '../../domain/accounts/account-id.js';
import { DomainError } from '../../domain/errors.js';
import { foldGroupName, type Group } from '../../domain/groups/group.js';
import type { GroupMember, GroupStore } from '../../domain/groups/group-store.js';
import { refusingUnknownRoles } from './refuse-unknown-roles.js';

interface GroupRow {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly source: Group['source'];
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly roles: string[];
}

/** A group with its roles in one row. */
const SELECT = `
  select groups.*, array(
    select role from group_roles where group_id = groups.id order by role
  ) as roles
  from groups`;

const UNIQUE_VIOLATION = '23505';

/**
 * Groups in PostgreSQL. A write of several statements is atomic only in a unit of work, where all writes belong.
 * @param knex the pool, or the transaction of a unit of work
 */
export function createGroupStore(knex: Knex): GroupStore {
  const select = async (clause: string, bindings: Record<string, Knex.RawBinding>): Promise<Group[]> =>
    (await knex.raw<{ rows: GroupRow[] }>(`${SELECT} ${clause}`, bindings)).rows.map(toGroup);

  const find = async (id: string): Promise<Group | undefined> =>
    isAccountId(id) ? (await select('where id = :id', { id }))[0] : undefined;

  const insertRoles = async (transaction: Knex, { id, roles }: Group): Promise<void> => {
    if (roles.length === 0) return;
    await refusingUnknownRoles(roles, () =>
      transaction('group_roles').insert(roles.map((role) => ({ group_id: id, role }))),
    );
  };

  return {
    find,

    list: () => select('order by name_normalized', {}),

    async findByName(name) {
      if (/[\0\ud800-\udfff]/.test(name)) return undefined;
      return (await select('where name_normalized = :name', { name: foldGroupName(name) }))[0];
    },

    async findForUpdate(id) {
      if (!isAccountId(id)) return undefined;
      // A statement of its own: after waiting for the lock, the roles too must be read as they are by then.
      await knex.raw('select from groups where id = ? for update', [id]);
      return find(id);
    },

    insert: (group) =>
      namingTakenName(() =>
        knex.transaction(async (transaction) => {
          await transaction('groups').insert({
            id: group.id,
            ...toColumns(group),
            created_at: group.createdAt,
          });
          await insertRoles(transaction, group);
        }),
      ),

    update: (group) =>
      namingTakenName(() =>
        knex.transaction(async (transaction) => {
          const count = await transaction('groups').where({ id: group.id }).update(toColumns(group));
          if (count === 0) throw new DomainError('not_found', 'There is no such group.');
          await transaction('group_roles').where({ group_id: group.id }).delete();
          await insertRoles(transaction, group);
        }),
      ),

    async remove(id) {
      return isAccountId(id) && (await knex('groups').where({ id }).delete()) > 0;
    },

    async listMembers({ groupId, limit, after }) {
      const { rows } = await knex.raw<{ rows: GroupMember[] }>(
        `select account_id as "accountId", email
         from group_members join accounts on accounts.id = account_id
         where group_id = :groupId ${after === undefined ? '' : 'and account_id > :after'}
         order by account_id limit :limit`,
        { groupId, limit: limit + 1, ...(after !== undefined && { after }) },
      );
      const members = rows.slice(0, limit);
      return { members, next: rows.length > limit ? members.at(-1)?.accountId : undefined };
    },

    async addMember(groupId, accountId) {
      const added: unknown[] = await knex('group_members')
        .insert({ group_id: groupId, account_id: accountId })
        .onConflict(['group_id', 'account_id'])
        .ignore()
        .returning('group_id');
      return added.length > 0;
    },

    async removeMember(groupId, accountId) {
      return (await knex('group_members').where({ group_id: groupId, account_id: accountId }).delete()) > 0;
    },
  };
}

function toGroup(row: GroupRow): Group {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    roles: row.roles,
    source: row.source,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function toColumns(group: Group) {
  return {
    name: group.name,
    name_normalized: foldGroupName(group.name),
    description: group.description,
    source: group.source,
    updated_at: group.updatedAt,
  };
}

async function namingTakenName(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION)) throw error;
    const detail = 'There is a group with this name already; choose another one.';
    throw new DomainError('already_exists', detail, [{ field: 'name', code: 'taken', detail }]);
  }
}
