import type { RouterContext } from '@koa/router';
import { findAccountLink } from '../../domain/account-links/find-account-link.js';
import type { Account } from '../../domain/accounts/account.js';
import { DomainError } from '../../domain/errors.js';
import type { CurrentInteraction } from '../../provider/interactions.js';
import { asksForSomebodyElse } from './asks-for-somebody-else.js';
import type { InteractionDeps } from './interaction-deps.js';

/**
 * The live ticket of this browser, where it may answer the interaction: no account is fixed, or the ticket's own is.
 * @returns undefined where there is none
 */
export async function findSignInTicket(
  deps: Pick<InteractionDeps, 'signInTickets' | 'signInTicketCookie' | 'accounts'>,
  ctx: RouterContext,
  interaction: CurrentInteraction,
): Promise<{ readonly ticket: string; readonly account: Account } | undefined> {
  const { prompt, accountId } = interaction;
  const ticket = deps.signInTicketCookie.read(ctx);
  if (ticket === undefined || prompt !== 'login') return undefined;
  if (asksForSomebodyElse(interaction)) return undefined;
  try {
    const { account } = await findAccountLink(deps.signInTickets, 'sign_in_ticket', ticket);
    if (accountId === undefined || accountId === account.id) return { ticket, account };
    const signedIn = await deps.accounts.findById(accountId);
    return !signedIn || signedIn.disabled ? { ticket, account } : undefined;
  } catch (error) {
    if (error instanceof DomainError && error.code === 'account_link_invalid') return undefined;
    throw error;
  }
}
