import { DomainError } from '../errors.js';
import { ADMINISTRATOR_ROLE } from './account.js';
import type { AccountStore } from './account-store.js';

/** The refusal of a change after which nobody could administer this provider. */
export function lastAdministrator(): DomainError {
  return new DomainError(
    'last_administrator',
    'This is the only enabled administrator. Make another account an administrator first.',
  );
}

/**
 * Makes a change, within a unit of work, that may cost accounts the right to administer; the unit of work fails when
 * no enabled administrator is left.
 * @throws {DomainError} `last_administrator`
 */
export async function keepAnAdministrator<Result>(
  accounts: Pick<AccountStore, 'countEnabledWithRole'>,
  change: () => Promise<Result>,
): Promise<Result> {
  // Counting locks, so that two such changes at once wait for each other: it comes before anything else is locked.
  const before = await accounts.countEnabledWithRole(ADMINISTRATOR_ROLE);
  const result = await change();
  if (before > 0 && (await accounts.countEnabledWithRole(ADMINISTRATOR_ROLE)) === 0)
    throw lastAdministrator();
  return result;
}
