import { refuseIfFaulty } from '../errors.js';
import type { Account } from './account.js';
import type { ProfileChanges } from './change-profile.js';
import { updateAccount, type UpdateAccountDeps } from './update-account.js';

/** What people may change about themselves: never their verified flags, roles or status. */
export interface OwnAccountChanges {
  readonly username?: string | null | undefined;
  readonly profile?: ProfileChanges | undefined;
  /** Sees the account as it is, kept from changing; when it throws, nothing is written. */
  readonly expect?: ((before: Account) => void) | undefined;
}

/**
 * Changes an account at its owner's wish.
 * @throws {DomainError} `invalid_input` with all faults, also for `phone_number_verified`; `not_found`, `already_exists`
 */
export async function updateOwnAccount(
  deps: UpdateAccountDeps,
  id: string,
  changes: OwnAccountChanges,
): Promise<Account> {
  refuseIfFaulty(
    changes.profile?.phoneNumberVerified === undefined
      ? []
      : [
          {
            field: 'phone_number_verified',
            code: 'not_self_writable',
            detail: 'phone_number_verified can be changed only by an administrator.',
          },
        ],
  );
  // Named one by one: what else the caller's object carries must not reach the account.
  return updateAccount(deps, id, {
    username: changes.username,
    profile: changes.profile,
    expect: changes.expect,
  });
}
