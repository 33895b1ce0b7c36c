import type { RouterContext } from '@koa/router';
import type { CurrentInteraction } from '../../provider/interactions.js';
import { accountLabel } from './account-label.js';
import { asksForSomebodyElse } from './asks-for-somebody-else.js';
import type { InteractionDeps } from './interaction-deps.js';
import { showLogin } from './show-login.js';
import { csrfPurpose, pageSettings } from './with-interaction.js';

/**
 * The page on which a person chooses among the accounts that are signed in with this browser. Where there is none, the
 * login page.
 * @param wish.status of the answer, default 200
 */
export async function showSelectAccount(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
  wish: { readonly status?: number } = {},
): Promise<void> {
  const { uid, client } = interaction;
  const accounts = await selectableAccounts(deps, ctx);
  if (accounts.length === 0) return showLogin(deps, ctx, interaction);
  const current = accounts.find(({ inUse }) => inUse);
  deps.pages.show(
    ctx,
    'select-account',
    {
      action: `/interaction/${uid}/select`,
      csrf: deps.csrf.token(csrfPurpose(interaction)),
      clientName: client.name,
      accounts: accounts.map(({ session, label, inUse }) => ({ session, label, inUse })),
      notWanted: asksForSomebodyElse(interaction) ? current?.label : undefined,
      cancelAction: `/interaction/${uid}/abort`,
    },
    pageSettings(interaction, wish.status),
  );
}

/** The accounts that this browser is signed in to and that can be used, the one in use first. */
export async function selectableAccounts(
  deps: Pick<InteractionDeps, 'interactions' | 'accounts'>,
  ctx: RouterContext,
) {
  const sessions = await deps.interactions.knownSessions(ctx.req, ctx.res);
  const accounts = await Promise.all(
    sessions.map(async ({ id, accountId, inUse }) => {
      const account = await deps.accounts.findById(accountId);
      return account && !account.disabled
        ? [{ session: id, accountId, label: accountLabel(account), inUse }]
        : [];
    }),
  );
  return accounts.flat();
}
