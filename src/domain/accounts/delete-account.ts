import type { Grantor } from '../roles/grantor.js';
import type { UnitOfWork } from '../unit-of-work.js';
import type { Account } from './account.js';
import { lockAccountToDemote } from './lock-account.js';
import { refuseTakeover } from './refuse-takeover.js';

export interface DeleteAccountDeps {
  readonly unitOfWork: UnitOfWork<'accounts' | 'roles' | 'artifactRevocation' | 'audit'>;
}

/**
 * Deletes an account and ends all that was issued to it.
 * @param id the account's id
 * @param expect sees the account as it is, kept from changing; when it throws, nothing is deleted
 * @param grantor who deletes it; absent: the operator
 * @throws {DomainError} `not_found`, `last_administrator`, `insufficient_rights` for an account that may do more than the
 *   grantor
 */
export async function deleteAccount(
  deps: DeleteAccountDeps,
  id: string,
  expect?: (before: Account) => void,
  grantor?: Grantor,
): Promise<void> {
  await deps.unitOfWork.run(async ({ accounts, roles, artifactRevocation, audit }) => {
    const before = await lockAccountToDemote(accounts, id);
    expect?.(before);
    await refuseTakeover(roles, grantor, before);
    const ended = await artifactRevocation.revokeAccount(before.id);
    await accounts.remove(before.id);
    audit.record({ type: 'user.deleted', subject: { kind: 'user', id: before.id }, details: { ended } });
  });
}
