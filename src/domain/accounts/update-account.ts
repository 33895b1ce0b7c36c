import type { Clock } from '../clock.js';
import { refuseIfFaulty } from '../errors.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { accountInputFaults, tidyRoles } from './account-input.js';
import { ADMINISTRATOR_ROLE, type Account } from './account.js';
import { changeProfile, type ProfileChanges } from './change-profile.js';
import { tidyEmail } from './email-address.js';
import { lockAccount, lockAccountToDemote } from './lock-account.js';
import { normalizeLogin } from './normalize-login.js';
import { tidyUsername } from './username.js';

export interface UpdateAccountDeps {
  readonly unitOfWork: UnitOfWork<'accounts' | 'artifactRevocation'>;
  readonly clock: Clock;
}

/** What shall be different; what is absent stays. */
export interface AccountChanges {
  /** A new email is not verified unless `emailVerified` says so. */
  readonly email?: string | undefined;
  readonly emailVerified?: boolean | undefined;
  /** null takes the username away. */
  readonly username?: string | null | undefined;
  readonly profile?: ProfileChanges | undefined;
  /** All roles that the account holds afterwards. When one is taken away, all that was issued to the account ends. */
  readonly roles?: readonly string[] | undefined;
}

/**
 * Changes an account, as an administrator may. For what people may change about themselves see `updateOwnAccount`.
 * @param id the account's id
 * @throws {DomainError} `invalid_input` with all faults, `not_found`, `already_exists`, `last_administrator`
 */
export async function updateAccount(
  deps: UpdateAccountDeps,
  id: string,
  changes: AccountChanges,
): Promise<Account> {
  const { username, profile: profileChanges = {} } = changes;
  refuseIfFaulty([
    ...accountInputFaults({ ...changes, username: username ?? undefined }),
    ...changeProfile({}, profileChanges).faults,
  ]);
  const demotes = changes.roles !== undefined && !changes.roles.includes(ADMINISTRATOR_ROLE);

  return deps.unitOfWork.run(async ({ accounts, artifactRevocation }) => {
    const before = await (demotes ? lockAccountToDemote(accounts, id) : lockAccount(accounts, id));
    const after = applyChanges(before, changes, deps.clock.now());
    await accounts.update(after);
    if (before.roles.some((role) => !after.roles.includes(role))) await artifactRevocation.revokeAccount(id);
    return after;
  });
}

function applyChanges(before: Account, changes: AccountChanges, now: Date): Account {
  const email = changes.email === undefined ? before.email : tidyEmail(changes.email);
  const sameEmail = normalizeLogin(email) === normalizeLogin(before.email);
  return {
    ...before,
    email,
    emailVerified: changes.emailVerified ?? (sameEmail && before.emailVerified),
    username:
      changes.username === undefined
        ? before.username
        : changes.username === null
          ? undefined
          : tidyUsername(changes.username),
    profile: changeProfile(before.profile, changes.profile ?? {}).profile,
    roles: changes.roles === undefined ? before.roles : tidyRoles(changes.roles),
    version: before.version + 1,
    updatedAt: now,
  };
}
