import type { RouterContext } from '@koa/router';
import { cancelAccountDeletion } from '../../domain/account-deletion/cancel-account-deletion.js';
import type { CurrentInteraction } from '../../provider/interactions.js';
import { originOf } from '../middlewares/audit-origin.js';
import { requestIdOf } from '../middlewares/request-id.js';
import { accountLabel } from './account-label.js';
import type { InteractionDeps } from './interaction-deps.js';
import { continueTo, csrfPurpose, pageSettings, readInteractionForm } from './with-interaction.js';

/** Whoever signs in to an app while their account waits for its deletion keeps it first, or turns back. */
export async function showAccountDeletion(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
): Promise<void> {
  const { uid, client, accountId } = interaction;
  const account = accountId === undefined ? undefined : await deps.accounts.findById(accountId);
  if (account?.deletionDueAt === undefined) return goOn(deps, ctx, interaction);
  deps.pages.show(
    ctx,
    'account-deletion',
    {
      account: { label: accountLabel(account) },
      timeZone: account.profile.zoneinfo ?? 'UTC',
      action: `/interaction/${uid}/deletion`,
      csrf: deps.csrf.token(csrfPurpose(interaction)),
      graceDays: 0,
      dueAt: account.deletionDueAt.toISOString(),
      clientName: client.name,
      cancelAction: `/interaction/${uid}/abort`,
    },
    pageSettings(interaction),
  );
}

/** Keeps the account and goes on to the app. */
export async function submitAccountDeletion(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
): Promise<void> {
  const form = await readInteractionForm(deps, ctx, interaction);
  const { prompt, accountId } = interaction;
  if (prompt !== 'account_deletion' || accountId === undefined || form.get('decision') !== 'keep') {
    return showAccountDeletion(deps, ctx, interaction);
  }
  const unitOfWork = deps.unitsOfWork.from(originOf(ctx, { kind: 'user', id: accountId }));
  await cancelAccountDeletion({ ...deps.keepingAccounts, unitOfWork }, accountId);
  deps.logger.info('deletion of an account cancelled', { requestId: requestIdOf(ctx), accountId });
  return goOn(deps, ctx, interaction);
}

async function goOn(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
): Promise<void> {
  continueTo(deps, ctx, interaction, await deps.interactions.proceed(ctx.req, ctx.res));
}
