import type { RouterContext } from '@koa/router';
import { signInByTicket } from '../../domain/account-links/sign-in-by-ticket.js';
import type { Account } from '../../domain/accounts/account.js';
import { DomainError } from '../../domain/errors.js';
import type { CurrentInteraction } from '../../provider/interactions.js';
import { originOf } from '../middlewares/audit-origin.js';
import type { InteractionDeps } from './interaction-deps.js';
import { proveFactor } from './prove-factor.js';
import { showLogin } from './show-login.js';
import { findSignInTicket } from './sign-in-ticket.js';
import { readInteractionForm } from './with-interaction.js';

/** Signs in by the ticket of a sign-in link. One that does not work leads to the ordinary login page. */
export async function submitTicket(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
): Promise<void> {
  const form = await readInteractionForm(deps, ctx, interaction);
  const found = form.get('ticket') === '1' ? await findSignInTicket(deps, ctx, interaction) : undefined;
  const account = found && (await redeem(deps, ctx, interaction, found.ticket));
  if (!account) return showLogin(deps, ctx, interaction);
  deps.signInTicketCookie.clear(ctx);
  await proveFactor(deps, ctx, interaction, { method: 'email_link', accountId: account.id });
}

async function redeem(
  deps: InteractionDeps,
  ctx: RouterContext,
  { client }: CurrentInteraction,
  ticket: string,
): Promise<Account | undefined> {
  const scoped = { ...deps.signInTickets, unitOfWork: deps.unitsOfWork.from(originOf(ctx)) };
  try {
    return await signInByTicket(scoped, { ticket, clientId: client.clientId });
  } catch (error) {
    if (error instanceof DomainError && error.code === 'account_link_invalid') return undefined;
    throw error;
  }
}
