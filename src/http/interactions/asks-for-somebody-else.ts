import type { CurrentInteraction } from '../../provider/interactions.js';

/** Reasons of the library for asking somebody other than whoever is signed in; it does not say whom. */
const REASONS = ['id_token_hint', 'claims_id_token_sub_value'];

/**
 * Whether the app names an account, and it is not the one in use.
 * @see OpenID Connect Core 1.0 §3.1.2.1 `id_token_hint`, §5.5.1 `sub`
 */
export function asksForSomebodyElse({
  accountId,
  reasons,
}: Pick<CurrentInteraction, 'accountId' | 'reasons'>): boolean {
  return accountId !== undefined && reasons.some((reason) => REASONS.includes(reason));
}
