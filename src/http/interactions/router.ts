import Router, { type RouterContext } from '@koa/router';
import type { CurrentInteraction } from '../../provider/interactions.js';
import { seeOther } from '../see-other.js';
import { showAccountDeletion, submitAccountDeletion } from './account-deletion.js';
import { submitOwnLink } from '../sign-up/check-email-steps.js';
import { SELF_SERVICE_STEPS } from '../sign-up/interaction-steps.js';
import { showSignUp } from '../sign-up/sign-up-steps.js';
import { asksForSomebodyElse } from './asks-for-somebody-else.js';
import { resendEmailVerification, showEmailVerification } from './email-verification.js';
import type { InteractionDeps } from './interaction-deps.js';
import { showNewPassword, submitNewPassword } from './new-password.js';
import { secondFactorPath } from './second-factor-step.js';
import { findSignInState } from './sign-in-state.js';
import { passkeySignInOptions, submitPasskey } from './passkey-sign-in.js';
import { showConsent } from './show-consent.js';
import { showLogin } from './show-login.js';
import { selectableAccounts, showSelectAccount } from './show-select-account.js';
import { submitConsent } from './submit-consent.js';
import { submitLogin } from './submit-login.js';
import { submitSelectAccount } from './submit-select-account.js';
import { submitTicket } from './submit-ticket.js';
import { addUpstreamSteps } from './upstream-router.js';
import { continueTo, readInteractionForm, withInteraction } from './with-interaction.js';

/** The steps in which an end user takes part, all below `/interaction/:uid`. */
export function createInteractionRouter(deps: InteractionDeps): Router {
  const router = new Router();
  const step =
    (run: (deps: InteractionDeps, ctx: RouterContext, interaction: CurrentInteraction) => Promise<void>) =>
    (ctx: RouterContext): Promise<void> =>
      withInteraction(deps, ctx, (interaction) => run(deps, ctx, interaction));

  router.get('/interaction/:uid', step(showPrompt));
  for (const { method, path, run } of SELF_SERVICE_STEPS) {
    router[method](`/interaction/:uid${path}`, step(run));
  }
  router.post('/interaction/:uid/sign-up/finish', (ctx: RouterContext) => submitOwnLink(deps, ctx));
  addUpstreamSteps(router, step);
  router.get('/interaction/:uid/new-password', step(showNewPassword));
  router.post('/interaction/:uid/new-password', step(submitNewPassword));
  router.get('/interaction/:uid/verify-email', step(showEmailVerification));
  router.post('/interaction/:uid/verify-email', step(resendEmailVerification));
  // A page that was posted to and is loaded again by its address.
  router.get('/interaction/:uid/:form', (ctx: RouterContext) => {
    const { uid = '' } = ctx.params as { readonly uid?: string };
    ctx.redirect(`/interaction/${encodeURIComponent(uid)}`);
  });
  router.post('/interaction/:uid/login', step(submitLogin));
  router.post('/interaction/:uid/passkey', step(submitPasskey));
  router.post('/interaction/:uid/passkey/options', step(passkeySignInOptions));
  router.post('/interaction/:uid/ticket', step(submitTicket));
  router.post('/interaction/:uid/consent', step(submitConsent));
  router.post('/interaction/:uid/select', step(submitSelectAccount));
  router.post('/interaction/:uid/deletion', step(submitAccountDeletion));
  router.post('/interaction/:uid/switch', step(switchAccount));
  router.post('/interaction/:uid/abort', step(abort));
  return router;
}

async function showPrompt(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
): Promise<void> {
  deps.restartCookie.remember(ctx, interaction.uid, interaction.restartPath);
  const { prompt, accountId } = interaction;
  if (await findSignInState(deps, ctx, interaction)) {
    seeOther(ctx, secondFactorPath(interaction));
    return;
  }
  if (prompt === 'create') return showSignUp(deps, ctx, interaction);
  if (prompt === 'account_deletion') return showAccountDeletion(deps, ctx, interaction);
  if (prompt === 'consent' && accountId !== undefined) return showConsent(deps, ctx, interaction);
  return prompt === 'select_account' || choosesAccount(interaction)
    ? showSelectAccount(deps, ctx, interaction)
    : showLogin(deps, ctx, interaction);
}

/** Whether an account that is signed in with this browser may be what the app asks for. */
function choosesAccount(interaction: CurrentInteraction): boolean {
  const { accountId, loginHint } = interaction;
  return asksForSomebodyElse(interaction) || (accountId === undefined && loginHint === undefined);
}

async function switchAccount(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
): Promise<void> {
  await readInteractionForm(deps, ctx, interaction);
  const others = (await selectableAccounts(deps, ctx)).filter(({ inUse }) => !inUse);
  await (others.length > 0
    ? showSelectAccount(deps, ctx, interaction)
    : showLogin(deps, ctx, interaction, { switchAccount: true, identifier: '' }));
}

async function abort(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
): Promise<void> {
  await readInteractionForm(deps, ctx, interaction);
  const continueUri = await deps.interactions.abort(ctx.req, ctx.res, 'End-User aborted interaction');
  continueTo(deps, ctx, interaction, continueUri);
}
