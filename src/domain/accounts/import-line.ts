import type { FieldFault } from '../errors.js';
import type { JsonObject, JsonValue } from '../json.js';
import { isAccountId } from './account-id.js';
import type { Profile } from './account.js';
import { accountInputFaults, tidyRoles } from './account-input.js';
import { changeProfile, type ProfileChanges } from './change-profile.js';
import { tidyEmail } from './email-address.js';
import type { ForeignHashReader } from './foreign-hash.js';
import { lineFault } from './import-lines.js';
import { passwordFaults, type PasswordPolicy } from './password-policy.js';
import { PROFILE_ATTRIBUTES, TEXT_ATTRIBUTES } from './profile-attributes.js';
import { readProfileClaims } from './read-profile-claims.js';
import { tidyUsername } from './username.js';

/** A user as a line of an import gives it; what is absent is not known, or stays as it is. */
export interface ImportedAccount {
  readonly id: string | undefined;
  readonly email: string;
  readonly emailVerified: boolean | undefined;
  /** null: without one. */
  readonly username: string | null | undefined;
  /** Changes to the profile of an account that is there. */
  readonly profileChanges: ProfileChanges;
  /** The profile of an account that is new. */
  readonly profile: Profile;
  readonly disabled: boolean | undefined;
  readonly roles: readonly string[] | undefined;
  /** Names. */
  readonly groups: readonly string[] | undefined;
  readonly createdAt: Date | undefined;
  readonly passwordHash: string | undefined;
  readonly password: string | undefined;
}

export interface ReadImportLineDeps {
  readonly foreignHashes: ForeignHashReader;
  readonly passwordPolicy: PasswordPolicy;
}

const PROFILE_CLAIMS: ReadonlySet<string> = new Set([
  ...TEXT_ATTRIBUTES.map((key) => PROFILE_ATTRIBUTES[key].claim),
  'phone_number_verified',
  'address',
]);
/** What is shown of a user and follows from something else. */
const PASSED_OVER: ReadonlySet<string> = new Set(['updated_at', 'has_password', 'effective_roles']);
const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/i;

/**
 * Reads one line: the JSON that `user show --json` and the export give, with `password_hash` or `password` beside it.
 * @param now no user can have been created after it
 * @returns the user, or all that is wrong with the line
 */
export function readImportLine(
  deps: ReadImportLineDeps,
  text: string,
  now: Date,
): { readonly account: ImportedAccount } | { readonly faults: readonly FieldFault[] } {
  const json = parseObject(text);
  if (json === undefined) {
    return { faults: [lineFault('json_invalid', 'The line must be one JSON object.')] };
  }
  const reader = createFieldReader(json);
  const account = {
    id: reader.text('id')?.toLowerCase(),
    email: reader.text('email'),
    emailVerified: reader.flag('email_verified'),
    username: json['username'] === null ? null : reader.text('username'),
    disabled: reader.flag('disabled'),
    roles: reader.texts('roles'),
    groups: reader.texts('groups'),
    password: reader.text('password'),
  };
  const { faults } = reader;
  const createdAt = reader.text('created_at');
  const createdTime = createdAt === undefined ? undefined : readTime(createdAt, now, faults);
  const passwordHash = readHash(deps.foreignHashes, json, faults);
  const profile = readProfile(json, faults);

  const { id, email, username, roles, password } = account;
  if (id !== undefined && !isAccountId(id)) faults.push(fault('id', 'id_invalid', 'The id must be a UUID.'));
  if (!Object.hasOwn(json, 'email')) faults.push(fault('email', 'required', 'Give an email address.'));
  faults.push(...accountInputFaults({ email, username: username ?? undefined, roles }));
  if (password !== undefined) {
    faults.push(...passwordFaults(deps.passwordPolicy, password, { email, username: username ?? undefined }));
  }
  if (faults.length > 0 || email === undefined) return { faults };
  return {
    account: {
      ...account,
      email: tidyEmail(email),
      username: typeof username === 'string' ? tidyUsername(username) : username,
      roles: roles && tidyRoles(roles),
      ...profile,
      createdAt: createdTime,
      passwordHash,
    },
  };
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Of a value that was parsed from JSON. */
function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads fields of one type each. null is as good as absent. */
function createFieldReader(json: JsonObject) {
  const faults: FieldFault[] = [];
  const read = <T extends JsonValue>(
    name: string,
    expected: string,
    fits: (value: JsonValue) => value is T,
  ): T | undefined => {
    const value = Object.hasOwn(json, name) ? (json[name] ?? undefined) : undefined;
    if (value === undefined || fits(value)) return value;
    faults.push(fault(name, 'wrong_type', `${name} must be ${expected}.`));
    return undefined;
  };
  const isText = (value: JsonValue): value is string => typeof value === 'string';
  return {
    faults,
    text: (name: string) => read(name, 'a string', isText),
    flag: (name: string) => read(name, 'true or false', (value) => typeof value === 'boolean'),
    texts: (name: string) =>
      read(
        name,
        'a list of strings',
        (value): value is readonly string[] => Array.isArray(value) && value.every(isText),
      ),
  };
}

function readTime(text: string, now: Date, faults: FieldFault[]): Date | undefined {
  const time = new Date(text);
  if (RFC3339.test(text) && !Number.isNaN(time.getTime()) && time <= now) return time;
  const detail = 'created_at must be a time of the past as in RFC 3339, such as 2026-11-23T12:00:00Z.';
  faults.push(fault('created_at', 'time_invalid', detail));
  return undefined;
}

function readHash(hashes: ForeignHashReader, json: JsonObject, faults: FieldFault[]): string | undefined {
  const given = Object.hasOwn(json, 'password_hash') ? (json['password_hash'] ?? undefined) : undefined;
  if (given === undefined) return undefined;
  if (typeof json['password'] === 'string') {
    const detail = 'Give either password or password_hash, not both.';
    faults.push(fault('password_hash', 'password_twice', detail));
  }
  const read = hashes.read(given);
  if ('passwordHash' in read) return read.passwordHash;
  faults.push(fault('password_hash', read.code, read.detail));
  return undefined;
}

const READ_ABOVE: ReadonlySet<string> = new Set([
  ...['id', 'email', 'email_verified', 'username', 'disabled', 'roles', 'groups'],
  ...['password', 'password_hash', 'created_at'],
]);

function readProfile(
  json: JsonObject,
  faults: FieldFault[],
): Pick<ImportedAccount, 'profileChanges' | 'profile'> {
  const claims = Object.entries(json).filter(([name]) => PROFILE_CLAIMS.has(name));
  for (const name of Object.keys(json)) {
    if (PROFILE_CLAIMS.has(name) || PASSED_OVER.has(name) || READ_ABOVE.has(name)) continue;
    faults.push(fault(name, 'unknown_field', `${JSON.stringify(name)} is not a field of a user.`));
  }
  const read = readProfileClaims(Object.fromEntries(claims));
  const changed = changeProfile({}, read.changes);
  faults.push(...read.faults, ...changed.faults);
  return { profileChanges: read.changes, profile: changed.profile };
}

function fault(field: string, code: string, detail: string): FieldFault {
  return { field, code, detail };
}
