import { isAccountId } from '../accounts/account-id.js';
import { refuseIfFaulty } from '../errors.js';
import { pageFaults, positionFault } from '../page.js';
import type { InitialAccessToken, InitialAccessTokenStore } from './initial-access-token.js';

/**
 * The initial access tokens, the oldest first; those that are used up or have lately expired too.
 * @param input.limit 1 to 200; default 50
 * @param input.after the id of the last one of the page before
 * @throws {DomainError} `invalid_input` naming `limit` or `after`
 */
export async function listInitialAccessTokens(
  { initialAccessTokens }: { readonly initialAccessTokens: Pick<InitialAccessTokenStore, 'list'> },
  { limit = 50, after }: { readonly limit?: number | undefined; readonly after?: string | undefined },
): Promise<{ readonly tokens: readonly InitialAccessToken[]; readonly next: string | undefined }> {
  refuseIfFaulty([
    ...pageFaults(limit),
    ...(after === undefined || isAccountId(after) ? [] : [positionFault()]),
  ]);
  const found = await initialAccessTokens.list({ limit: limit + 1, after });
  const tokens = found.slice(0, limit);
  return { tokens, next: found.length > limit ? tokens.at(-1)?.id : undefined };
}
