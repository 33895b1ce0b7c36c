import {
  effectiveRolesOf,
  type Account,
  type AccountGroup,
  type Profile,
} from '../../domain/accounts/account.js';

/** A row of `accounts`, with its roles and groups. */
export interface AccountRow {
  readonly id: string;
  readonly email: string;
  readonly email_verified: boolean;
  readonly username: string | null;
  readonly profile: Profile;
  readonly password_hash: string | null;
  readonly password_temporary: boolean;
  readonly disabled: boolean;
  readonly deletion_due_at: Date | null;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly roles: string[];
  readonly groups: readonly AccountGroup[] | null;
}

/**
 * An account with its roles and groups in one row: one round trip at every look-up. What is sorted is selected first
 * (`offset 0`), so that no plan walks through an index on the names for their order: see `prepared`.
 */
export const ACCOUNT_COLUMNS = `accounts.*, array(
    select role from (select role from account_roles where account_id = accounts.id offset 0) as own order by role
  ) as roles, (
    select jsonb_agg(
      jsonb_build_object('id', groups.id, 'name', groups.name, 'roles', array(
        select role from (select role from group_roles where group_id = groups.id offset 0) as own order by role
      ))
      order by groups.name_normalized
    )
    from group_members cross join lateral (select * from groups where id = group_id limit 1) as groups
    where account_id = accounts.id
  ) as groups`;

export const SELECT_ACCOUNT = `select ${ACCOUNT_COLUMNS} from accounts`;

export function toAccount(row: AccountRow): Account {
  const { roles } = row;
  const groups = row.groups ?? [];
  return {
    id: row.id,
    email: row.email,
    emailVerified: row.email_verified,
    username: row.username ?? undefined,
    profile: row.profile,
    disabled: row.disabled,
    ...(row.password_temporary && { passwordTemporary: true }),
    ...(row.deletion_due_at !== null && { deletionDueAt: row.deletion_due_at }),
    roles,
    groups,
    effectiveRoles: effectiveRolesOf({ roles, groups }),
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
