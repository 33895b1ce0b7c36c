import { descriptionFaults, roleNameFaults } from '../roles/role.js';
import { foldText } from '../accounts/normalize-login.js';
import type { FieldFault } from '../errors.js';

/** People who belong together; each of them has the group's roles. */
export interface Group {
  /** UUIDv7. */
  readonly id: string;
  /** Unique without regard to case and Unicode form; what apps are told. */
  readonly name: string;
  readonly description: string;
  /** Names of the roles that its members have by it, sorted. */
  readonly roles: readonly string[];
  /** Where it is declared; a group from the configuration file cannot be changed at run time, save its members. */
  readonly source: 'database' | 'configuration';
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What somebody says about a group. */
export interface GroupAttributes {
  readonly name: string;
  readonly description: string;
  readonly roles: readonly string[];
}

/** Characters. */
const LONGEST_NAME = 100;
const FORBIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u;

/** A group's name as it is stored: trimmed, in NFC. */
export function tidyGroupName(name: string): string {
  return name.trim().normalize('NFC');
}

/** The form in which groups' names are compared. */
export function foldGroupName(name: string): string {
  return foldText(name.trim());
}

/** The faults of a group's name. @param field the field to blame */
export function groupNameFaults(text: string, field = 'name'): readonly FieldFault[] {
  const name = tidyGroupName(text);
  if (name !== '' && Array.from(name).length <= LONGEST_NAME && !FORBIDDEN.test(name)) return [];
  const detail = `A group's name has 1 to ${LONGEST_NAME} characters, none of them invisible.`;
  return [{ field, code: 'group_name_invalid', detail }];
}

/** The faults of what is said about a group; whatever is absent is not checked. */
export function groupFaults({ name, description, roles }: Partial<GroupAttributes>): readonly FieldFault[] {
  return [
    ...(name === undefined ? [] : groupNameFaults(name)),
    ...(description === undefined ? [] : descriptionFaults(description)),
    ...(roles ?? []).flatMap((role, index) => roleNameFaults(role, `roles/${index}`)),
  ];
}
