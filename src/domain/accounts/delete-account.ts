import type { UnitOfWork } from '../unit-of-work.js';
import { lockAccountToDemote } from './lock-account.js';

export interface DeleteAccountDeps {
  readonly unitOfWork: UnitOfWork<'accounts' | 'artifactRevocation'>;
}

/**
 * Deletes an account and ends all that was issued to it.
 * @param id the account's id
 * @throws {DomainError} `not_found`, `last_administrator`
 */
export async function deleteAccount(deps: DeleteAccountDeps, id: string): Promise<void> {
  await deps.unitOfWork.run(async ({ accounts, artifactRevocation }) => {
    await lockAccountToDemote(accounts, id);
    await artifactRevocation.revokeAccount(id);
    await accounts.remove(id);
  });
}
