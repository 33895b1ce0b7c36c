import type { FieldFault } from '../errors.js';
import type { Group } from '../groups/group.js';
import type { Grantor } from '../roles/grantor.js';
import { isPermission } from '../roles/permission.js';
import type { Role } from '../roles/role.js';
import type { Stores } from '../unit-of-work.js';
import type { AccountGroup } from './account.js';
import type { ImportEntry } from './import-accounts-batch.js';

/** The roles and groups that lines of a batch name, and what whoever imports may do with them. */
export interface ImportRights {
  /** The faults of a line's roles and groups: those that are not there, and those that may not be given. */
  faultsOf(entry: ImportEntry): readonly FieldFault[];
  /** The groups of these names, by name. */
  groupsOf(names: readonly string[]): readonly AccountGroup[];
  /** Whether an account with these roles may be changed: nobody takes over one that may do more than they. */
  mayChange(effectiveRoles: readonly string[]): Promise<boolean>;
}

/** Looks up the roles and groups of a batch, each once. */
export async function findImportRights(
  { roles, groups }: Pick<Stores, 'roles' | 'groups'>,
  grantor: Grantor,
  entries: readonly ImportEntry[],
): Promise<ImportRights> {
  const foundGroups = new Map<string, Group>();
  for (const name of new Set(entries.flatMap(({ account }) => account.groups ?? []))) {
    const group = await groups.findByName(name);
    if (group !== undefined) foundGroups.set(name, group);
  }
  const names = new Set([
    ...entries.flatMap(({ account }) => account.roles ?? []),
    ...[...foundGroups.values()].flatMap((group) => group.roles),
  ]);
  const found = new Map(
    (names.size === 0 ? [] : await roles.findAll([...names])).map((role) => [role.name, role]),
  );
  const mayGive = (role: Role | undefined): boolean =>
    grantor.permissions === 'all' ||
    (role?.permissions ?? []).every(
      (permission) =>
        !isPermission(permission) || (grantor.permissions as ReadonlySet<string>).has(permission),
    );

  return {
    faultsOf: ({ account }) => [
      ...(account.roles ?? []).flatMap((name, index) => {
        const field = `roles/${index}`;
        if (!found.has(name)) return [unknown(field, 'role', name)];
        return mayGive(found.get(name)) ? [] : [beyond(field, 'role', name)];
      }),
      ...(account.groups ?? []).flatMap((name, index) => {
        const field = `groups/${index}`;
        const group = foundGroups.get(name);
        if (group === undefined) return [unknown(field, 'group', name)];
        return group.roles.every((role) => mayGive(found.get(role))) ? [] : [beyond(field, 'group', name)];
      }),
    ],
    groupsOf: (groupNames) => {
      const all = groupNames.flatMap((name) => foundGroups.get(name) ?? []);
      return [...new Map(all.map((group) => [group.id, group])).values()]
        .map(({ id, name, roles: groupRoles }) => ({ id, name, roles: groupRoles }))
        .sort((one, other) => (one.name < other.name ? -1 : 1));
    },
    mayChange: async (effectiveRoles) =>
      grantor.permissions === 'all' ||
      effectiveRoles.length === 0 ||
      (await roles.findAll(effectiveRoles)).every(mayGive),
  };
}

function unknown(field: string, kind: 'role' | 'group', name: string): FieldFault {
  const detail = `There is no ${kind} ${JSON.stringify(name)}; create it first.`;
  return { field, code: `${kind}_unknown`, detail };
}

function beyond(field: string, kind: 'role' | 'group', name: string): FieldFault {
  const detail = `The ${kind} ${JSON.stringify(name)} permits more than you may do, so you cannot give it.`;
  return { field, code: 'insufficient_rights', detail };
}
