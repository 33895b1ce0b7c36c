import type { RouterContext } from '@koa/router';
import { endSession } from '../../domain/sessions/end-session.js';
import { DomainError } from '../../domain/errors.js';
import type { CurrentInteraction } from '../../provider/interactions.js';
import { originOf } from '../middlewares/audit-origin.js';
import { requestIdOf } from '../middlewares/request-id.js';
import { seeOther } from '../see-other.js';
import type { InteractionDeps } from './interaction-deps.js';
import { showLogin } from './show-login.js';
import { selectableAccounts, showSelectAccount } from './show-select-account.js';
import { continueTo, readInteractionForm } from './with-interaction.js';

/** Answers the page on which a person chooses an account. Only accounts of this very browser can be named. */
export async function submitSelectAccount(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
): Promise<void> {
  const form = await readInteractionForm(deps, ctx, interaction);
  if (form.get('other') !== undefined) {
    return showLogin(deps, ctx, interaction, { switchAccount: true, identifier: '' });
  }
  const accounts = await selectableAccounts(deps, ctx);
  const named = (field: string) => accounts.find(({ session }) => session === form.get(field));
  const ended = named('end');
  if (ended) return end(deps, ctx, interaction, ended);
  const chosen = named('session');
  if (!chosen) return showSelectAccount(deps, ctx, interaction, { status: 422 });

  const continueUri = await deps.interactions.selectAccount(ctx.req, ctx.res, chosen.accountId);
  // Its session ended a moment ago.
  if (continueUri === undefined) return showLogin(deps, ctx, interaction, { identifier: chosen.label });
  deps.logger.info('account selected', {
    requestId: requestIdOf(ctx),
    accountId: chosen.accountId,
    clientId: interaction.client.clientId,
  });
  continueTo(deps, ctx, interaction, continueUri);
}

async function end(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
  { session, accountId, inUse }: { session: string; accountId: string; inUse: boolean },
): Promise<void> {
  // First, since an interaction does not outlive the session that it belongs to.
  if (inUse) await deps.interactions.leaveSession(ctx.req, ctx.res);
  try {
    const unitOfWork = deps.unitsOfWork.from(originOf(ctx, { kind: 'user', id: accountId }));
    await endSession({ unitOfWork }, { sessionId: session, accountId });
  } catch (error) {
    // It was over already.
    if (!(error instanceof DomainError && error.code === 'not_found')) throw error;
  }
  seeOther(ctx, `/interaction/${interaction.uid}`);
}
