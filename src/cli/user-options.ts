import { InvalidArgumentError, type Command } from 'commander';
import { ADMINISTRATOR_ROLE, type Account } from '../domain/accounts/account.js';
import type { ProfileChanges } from '../domain/accounts/change-profile.js';
import type { CreateAccountInput } from '../domain/accounts/create-account.js';
import { readProfileClaims } from '../domain/accounts/read-profile-claims.js';
import type { AccountChanges } from '../domain/accounts/update-account.js';
import { refuseIfFaulty } from '../domain/errors.js';
import type { JsonObject } from '../domain/json.js';

/** The options that `user create` and `user update` share, as commander gives them. */
interface SharedUserOptions {
  readonly name?: string;
  readonly givenName?: string;
  readonly familyName?: string;
  readonly middleName?: string;
  readonly nickname?: string;
  readonly gender?: string;
  readonly birthdate?: string;
  readonly locale?: string;
  readonly zoneinfo?: string;
  readonly phoneNumber?: string;
  readonly phoneNumberVerified?: boolean;
  readonly picture?: string;
  readonly website?: string;
  readonly claims?: JsonObject;
  readonly emailVerified?: boolean;
  readonly admin?: boolean;
  readonly json?: boolean;
}

export interface CreateUserOptions extends SharedUserOptions {
  readonly email: string;
  readonly username?: string;
  readonly passwordStdin?: boolean;
  readonly temporary?: boolean;
}

export interface UpdateUserOptions extends SharedUserOptions {
  readonly email?: string;
  /** false: taken away by `--no-username`. */
  readonly username?: string | false;
}

/** Adds the options of `user create`. */
export function addCreateOptions(command: Command): Command {
  command
    .requiredOption('--email <email>', 'email address, with which the person signs in')
    .option('--username <name>', 'username, with which the person may sign in too')
    .option('--password-stdin', 'read the password from the first line of standard input')
    .option('--temporary', 'the person has to choose another password at the first sign-in by it')
    .option('--email-verified', 'the email address is known to be theirs')
    .option('--admin', 'may administer this provider');
  return addProfileOptions(command);
}

/** Adds the options of `user update`. */
export function addUpdateOptions(command: Command): Command {
  command
    .option('--email <email>', 'email address; a new one is not verified unless --email-verified is given')
    .option('--username <name>', 'username')
    .option('--no-username', 'take the username away')
    .option('--email-verified', 'the email address is known to be theirs')
    .option('--no-email-verified', 'the email address is not known to be theirs')
    .option('--admin', 'may administer this provider')
    .option('--no-admin', 'may not administer this provider; ends all their sessions and tokens');
  return addProfileOptions(command);
}

function addProfileOptions(command: Command): Command {
  return command
    .option('--given-name <name>', 'given name')
    .option('--family-name <name>', 'family name')
    .option('--name <name>', 'name in full (default: made of the given and the family name)')
    .option('--middle-name <name>', 'middle name')
    .option('--nickname <name>', 'nickname')
    .option('--gender <gender>', 'gender, in any words')
    .option('--birthdate <date>', 'date of birth, such as 1990-12-31')
    .option('--locale <tag>', 'language, such as de-CH')
    .option('--zoneinfo <zone>', 'time zone, such as Europe/Berlin')
    .option('--phone-number <number>', 'telephone number, such as +41446681800')
    .option('--phone-number-verified', 'the telephone number is known to be theirs')
    .option('--picture <url>', 'picture of the person')
    .option('--website <url>', 'website of the person')
    .option('--claims <json>', 'claims of the profile as a JSON object; null takes one away', readJsonObject)
    .option('--json', 'print JSON');
}

/** What `createAccount` takes, of the options. @throws {DomainError} `invalid_input` */
export function toNewAccount(options: CreateUserOptions, password: string | undefined): CreateAccountInput {
  return {
    email: options.email,
    emailVerified: options.emailVerified,
    username: options.username,
    profile: toProfile(options),
    roles: options.admin ? [ADMINISTRATOR_ROLE] : [],
    password,
    passwordTemporary: options.temporary,
  };
}

/** What `updateAccount` takes, of the options and the account as it is. @throws {DomainError} `invalid_input` */
export function toChanges(options: UpdateUserOptions, account: Account): AccountChanges {
  const otherRoles = account.roles.filter((role) => role !== ADMINISTRATOR_ROLE);
  return {
    email: options.email,
    emailVerified: options.emailVerified,
    username: options.username === false ? null : options.username,
    profile: toProfile(options),
    roles:
      options.admin === undefined
        ? undefined
        : options.admin
          ? [...otherRoles, ADMINISTRATOR_ROLE]
          : otherRoles,
  };
}

/** What is given as an option of its own counts more than the same in `--claims`. */
function toProfile(options: SharedUserOptions): ProfileChanges {
  const { changes, faults } = readProfileClaims(options.claims ?? {});
  refuseIfFaulty(faults);
  const { name, givenName, familyName, middleName, nickname, gender, birthdate } = options;
  const { locale, zoneinfo, phoneNumber, phoneNumberVerified, picture, website } = options;
  const given = {
    ...{ name, givenName, familyName, middleName, nickname, gender, birthdate },
    ...{ locale, zoneinfo, phoneNumber, phoneNumberVerified, picture, website },
  };
  return {
    ...changes,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  };
}

/** Reads a whole number. @throws {InvalidArgumentError} */
export function readCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
}

function readJsonObject(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InvalidArgumentError('It must be JSON, like \'{"nickname":"Ada"}\'.');
  }
  if (!isJsonObject(value)) throw new InvalidArgumentError('It must be a JSON object.');
  return value;
}

/** Of a value that was parsed from JSON. */
function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
