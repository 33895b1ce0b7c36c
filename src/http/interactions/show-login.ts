import type { RouterContext } from '@koa/router';
import type { CurrentInteraction } from '../../provider/interactions.js';
import type { LoginFault } from '../view-models.js';
import { selfServiceLinks } from '../sign-up/self-service-links.js';
import { accountLabel } from './account-label.js';
import { asksForSomebodyElse } from './asks-for-somebody-else.js';
import type { InteractionDeps } from './interaction-deps.js';
import { findSignInTicket } from './sign-in-ticket.js';
import { upstreamButtons } from './upstream-buttons.js';
import { pendingLinkProvider } from './upstream-pending-link.js';
import { csrfPurpose, pageSettings } from './with-interaction.js';

/** What was wrong with the last try, and what of it is kept. */
export interface LoginTry {
  readonly identifier?: string;
  readonly fault?: LoginFault;
  readonly retryAfterMinutes?: number;
  readonly status?: number;
  /** The person wants another account than the one that is signed in. */
  readonly switchAccount?: boolean;
}

/**
 * The login page. Where somebody is signed in already and only has to confirm it, the account is fixed, unless they say
 * that it is not theirs.
 */
export async function showLogin(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
  last: LoginTry = {},
): Promise<void> {
  const { uid, client, accountId } = interaction;
  const account = accountId === undefined ? undefined : await deps.accounts.findById(accountId);
  const label = account && !account.disabled ? accountLabel(account) : undefined;
  const isUnwanted = asksForSomebodyElse(interaction);
  const confirms =
    label !== undefined &&
    !isUnwanted &&
    last.switchAccount !== true &&
    [label, undefined].includes(last.identifier);
  const found = last.switchAccount === true ? undefined : await findSignInTicket(deps, ctx, interaction);
  const base = `/interaction/${uid}`;
  const identifier = confirms ? label : (last.identifier ?? interaction.loginHint ?? '');
  deps.pages.show(
    ctx,
    'login',
    {
      action: `${base}/login`,
      csrf: deps.csrf.token(csrfPurpose(interaction)),
      clientName: client.name,
      identifier,
      fault: last.fault,
      retryAfterMinutes: last.retryAfterMinutes,
      cancelAction: `${base}/abort`,
      ...selfServiceLinks(deps, interaction),
      reauthentication: confirms,
      switchAccountAction: confirms ? `${base}/switch` : undefined,
      notWanted: isUnwanted ? label : undefined,
      passkey: {
        action: `${base}/passkey`,
        optionsAction: `${base}/passkey/options${confirms ? '?account=fixed' : ''}`,
      },
      upstreams: upstreamButtons(deps, interaction),
      linking: await pendingLinkProvider(deps, ctx, interaction),
      ticket: found && { action: `${base}/ticket`, email: accountLabel(found.account) },
    },
    pageSettings(interaction, last.status),
  );
}
