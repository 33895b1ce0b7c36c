import { isAccountId } from '../accounts/account-id.js';
import { DomainError } from '../errors.js';
import type { UnitOfWork } from '../unit-of-work.js';

/**
 * Takes an initial access token back: nothing registers by it any more. Clients that have registered stay.
 * @throws {DomainError} `not_found`
 */
export async function revokeInitialAccessToken(
  { unitOfWork }: { readonly unitOfWork: UnitOfWork<'initialAccessTokens' | 'audit'> },
  id: string,
): Promise<void> {
  await unitOfWork.run(async ({ initialAccessTokens, audit }) => {
    const removed = isAccountId(id) ? await initialAccessTokens.remove(id) : undefined;
    if (removed === undefined) {
      throw new DomainError('not_found', `There is no initial access token ${JSON.stringify(id)}.`);
    }
    audit.record({
      type: 'initial_access_token.revoked',
      subject: { kind: 'initial_access_token', id },
      details: { name: removed.name, uses: removed.uses },
    });
  });
}
