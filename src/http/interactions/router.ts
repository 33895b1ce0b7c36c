import Router, { type RouterContext } from '@koa/router';
import type { CurrentInteraction } from '../../provider/interactions.js';
import { readForm } from '../form-body.js';
import type { InteractionDeps } from './interaction-deps.js';
import { showConsent } from './show-consent.js';
import { showLogin } from './show-login.js';
import { submitConsent } from './submit-consent.js';
import { submitLogin } from './submit-login.js';
import { submitTicket } from './submit-ticket.js';
import { continueTo, csrfPurpose, withInteraction } from './with-interaction.js';

/** The steps in which an end user takes part, all below `/interaction/:uid`. */
export function createInteractionRouter(deps: InteractionDeps): Router {
  const router = new Router();
  const step =
    (run: (deps: InteractionDeps, ctx: RouterContext, interaction: CurrentInteraction) => Promise<void>) =>
    (ctx: RouterContext): Promise<void> =>
      withInteraction(deps, ctx, (interaction) => run(deps, ctx, interaction));

  router.get('/interaction/:uid', step(showPrompt));
  // A page that was posted to and is loaded again by its address.
  router.get('/interaction/:uid/:form', (ctx: RouterContext) => {
    const { uid = '' } = ctx.params as { readonly uid?: string };
    ctx.redirect(`/interaction/${encodeURIComponent(uid)}`);
  });
  router.post('/interaction/:uid/login', step(submitLogin));
  router.post('/interaction/:uid/ticket', step(submitTicket));
  router.post('/interaction/:uid/consent', step(submitConsent));
  router.post('/interaction/:uid/switch', step(switchAccount));
  router.post('/interaction/:uid/abort', step(abort));
  return router;
}

function showPrompt(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
): Promise<void> {
  deps.restartCookie.remember(ctx, interaction.uid, interaction.restartPath);
  return interaction.prompt === 'consent'
    ? showConsent(deps, ctx, interaction)
    : showLogin(deps, ctx, interaction);
}

async function switchAccount(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
): Promise<void> {
  const form = await readForm(ctx);
  deps.csrf.check(ctx, csrfPurpose(interaction), form.get('csrf'));
  await showLogin(deps, ctx, interaction, { switchAccount: true, identifier: '' });
}

async function abort(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
): Promise<void> {
  const form = await readForm(ctx);
  deps.csrf.check(ctx, csrfPurpose(interaction), form.get('csrf'));
  const continueUri = await deps.interactions.abort(ctx.req, ctx.res, 'End-User aborted interaction');
  continueTo(deps, ctx, interaction, continueUri);
}
