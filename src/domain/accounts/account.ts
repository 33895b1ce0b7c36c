/**
 * The postal address claim.
 * @see OpenID Connect Core 1.0 §5.1.1
 */
export interface PostalAddress {
  readonly formatted?: string;
  readonly streetAddress?: string;
  readonly locality?: string;
  readonly region?: string;
  readonly postalCode?: string;
  readonly country?: string;
}

/**
 * What a person tells about themselves, as OpenID Connect's standard claims name it.
 * @see OpenID Connect Core 1.0 §5.1
 */
export interface Profile {
  readonly name?: string;
  readonly givenName?: string;
  readonly familyName?: string;
  readonly middleName?: string;
  readonly nickname?: string;
  readonly profile?: string;
  readonly picture?: string;
  readonly website?: string;
  readonly gender?: string;
  /** ISO 8601 date, `YYYY-MM-DD`, `0000-MM-DD` where the year is kept private, `YYYY` where only the year is told. */
  readonly birthdate?: string;
  /** IANA time zone, for instance `Europe/Berlin`. */
  readonly zoneinfo?: string;
  /** BCP 47 language tag, for instance `de-CH`. */
  readonly locale?: string;
  /** E.164, for instance `+41446681800`. */
  readonly phoneNumber?: string;
  readonly phoneNumberVerified?: boolean;
  readonly address?: PostalAddress;
}

/** An end user of this provider. */
export interface Account {
  /** UUIDv7; the public `sub`, never reused. */
  readonly id: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly username: string | undefined;
  readonly profile: Profile;
  readonly disabled: boolean;
  /** Whether somebody else has set the password, so that its owner has to choose another one; absent: not. */
  readonly passwordTemporary?: boolean | undefined;
  /** When the account is deleted, as its owner wished; until then they can sign in to keep it, and to nothing else. */
  readonly deletionDueAt?: Date | undefined;
  /** Names of the roles that the account holds itself, sorted. */
  readonly roles: readonly string[];
  /** The groups that it belongs to, by name; they change through the use cases of groups. */
  readonly groups: readonly AccountGroup[];
  /** Names of the roles that it holds itself or by its groups, sorted; `admin` may administer this provider. */
  readonly effectiveRoles: readonly string[];
  /** 1 when created, one more with each change: what an entity tag is made of. */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A group that an account belongs to. */
export interface AccountGroup {
  readonly id: string;
  readonly name: string;
  /** Names of the roles that its members have by it. */
  readonly roles: readonly string[];
}

/** The roles that somebody has in the end: their own and those of their groups, each once, sorted. */
export function effectiveRolesOf({ roles, groups }: Pick<Account, 'roles' | 'groups'>): readonly string[] {
  return [...new Set([...roles, ...groups.flatMap((group) => group.roles)])].sort();
}

/** The account with other roles of its own. */
export function withRoles(account: Account, roles: readonly string[]): Account {
  return { ...account, roles, effectiveRoles: effectiveRolesOf({ roles, groups: account.groups }) };
}

/** Whether the account may be used now: it is neither disabled nor waiting for its deletion. */
export function isUsable({ disabled, deletionDueAt }: Pick<Account, 'disabled' | 'deletionDueAt'>): boolean {
  return !disabled && deletionDueAt === undefined;
}

/** The role that may administer this provider. */
export const ADMINISTRATOR_ROLE = 'admin';

/** Whether the account may administer this provider now. */
export function isEnabledAdministrator(account: Account): boolean {
  return isUsable(account) && account.effectiveRoles.includes(ADMINISTRATOR_ROLE);
}
