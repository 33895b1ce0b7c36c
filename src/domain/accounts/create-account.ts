import type { Clock } from '../clock.js';
import { refuseIfFaulty } from '../errors.js';
import { findGrantableRoles, type Grantor } from '../roles/grantor.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { newAccountId } from './account-id.js';
import { accountInputFaults, tidyRoles } from './account-input.js';
import type { Account } from './account.js';
import { changeProfile, type ProfileChanges } from './change-profile.js';
import { tidyEmail } from './email-address.js';
import type { PasswordHasher } from './password-hasher.js';
import { normalizePassword, passwordFaults, type PasswordPolicy } from './password-policy.js';
import { tidyUsername } from './username.js';

export interface CreateAccountDeps {
  readonly unitOfWork: UnitOfWork<'accounts' | 'roles' | 'audit'>;
  readonly clock: Clock;
  readonly passwordHasher: Pick<PasswordHasher, 'hash'>;
  readonly passwordPolicy: PasswordPolicy;
}

export interface CreateAccountInput {
  readonly email: string;
  /** Default: false. */
  readonly emailVerified?: boolean | undefined;
  readonly username?: string | undefined;
  readonly profile?: ProfileChanges | undefined;
  readonly roles?: readonly string[] | undefined;
  /** Who gives the roles; absent: the operator. */
  readonly grantor?: Grantor | undefined;
  /** Without one the account cannot sign in by password. */
  readonly password?: string | undefined;
  /** Whether the account's owner has to choose another password at the next sign-in. Default: false. */
  readonly passwordTemporary?: boolean | undefined;
}

/**
 * Creates the account of an end user.
 * @throws {DomainError} `invalid_input` with all faults, `already_exists` naming `email` or `username`, `overloaded`,
 *   `insufficient_rights` when the grantor lacks what the roles permit
 */
export async function createAccount(deps: CreateAccountDeps, input: CreateAccountInput): Promise<Account> {
  const { profile, faults } = changeProfile({}, input.profile ?? {});
  refuseIfFaulty([
    ...accountInputFaults(input),
    ...faults,
    ...(input.password === undefined ? [] : passwordFaults(deps.passwordPolicy, input.password, input)),
  ]);
  const passwordHash =
    input.password === undefined
      ? undefined
      : await deps.passwordHasher.hash(normalizePassword(input.password));

  const now = deps.clock.now();
  const roles = tidyRoles(input.roles ?? []);
  const isTemporary = passwordHash !== undefined && input.passwordTemporary === true;
  const account: Account = {
    id: newAccountId(now),
    email: tidyEmail(input.email),
    emailVerified: input.emailVerified ?? false,
    username: input.username === undefined ? undefined : tidyUsername(input.username),
    profile,
    disabled: false,
    ...(isTemporary && { passwordTemporary: true }),
    roles,
    groups: [],
    effectiveRoles: roles,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
  await deps.unitOfWork.run(async ({ accounts, roles: roleStore, audit }) => {
    if (input.grantor) await findGrantableRoles(roleStore, input.grantor, roles);
    await accounts.insert({ account, passwordHash });
    audit.record({
      type: 'user.created',
      subject: { kind: 'user', id: account.id },
      details: {
        roles: account.roles,
        can_use_password: passwordHash !== undefined,
        ...(isTemporary && { temporary: true }),
      },
    });
  });
  return account;
}
