import type { RouterContext } from '@koa/router';
import { findAccountLink } from '../../domain/account-links/find-account-link.js';
import type { Account } from '../../domain/accounts/account.js';
import { DomainError } from '../../domain/errors.js';
import type { CurrentInteraction } from '../../provider/interactions.js';
import type { InteractionDeps } from './interaction-deps.js';

/** Reasons of the library for asking somebody other than whoever is signed in; it does not say whom. */
const ASKS_FOR_SOMEBODY_ELSE = ['id_token_hint_subject_mismatch', 'claims_id_token_sub_value_mismatch'];

/**
 * The live ticket of this browser, where it may answer the interaction: no account is fixed, or the ticket's own is.
 * @returns undefined where there is none
 */
export async function findSignInTicket(
  deps: Pick<InteractionDeps, 'signInTickets' | 'signInTicketCookie' | 'accounts'>,
  ctx: RouterContext,
  { prompt, reasons, accountId }: CurrentInteraction,
): Promise<{ readonly ticket: string; readonly account: Account } | undefined> {
  const ticket = deps.signInTicketCookie.read(ctx);
  if (ticket === undefined || prompt !== 'login') return undefined;
  if (reasons.some((reason) => ASKS_FOR_SOMEBODY_ELSE.includes(reason))) return undefined;
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
