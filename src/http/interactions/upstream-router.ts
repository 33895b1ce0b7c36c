import type Router from '@koa/router';
import type { RouterContext } from '@koa/router';
import type { CurrentInteraction } from '../../provider/interactions.js';
import type { InteractionDeps } from './interaction-deps.js';
import {
  beginUpstreamSignIn,
  showUpstreamArrival,
  showUpstreamProof,
  submitUpstreamLink,
  submitUpstreamSignUp,
} from './upstream-steps.js';

type Run = (deps: InteractionDeps, ctx: RouterContext, interaction: CurrentInteraction) => Promise<void>;

/** Adds the steps of a sign-in by another provider. */
export function addUpstreamSteps(
  router: Router,
  step: (run: Run) => (ctx: RouterContext) => Promise<void>,
): void {
  router.get('/interaction/:uid/upstream', step(showUpstreamArrival));
  router.get('/interaction/:uid/upstream-proof', step(showUpstreamProof));
  router.post('/interaction/:uid/upstream-link', step(submitUpstreamLink));
  router.post('/interaction/:uid/upstream-sign-up', step(submitUpstreamSignUp));
  router.post('/interaction/:uid/upstream/:provider', step(beginUpstreamSignIn));
  // The page that sent the person away, loaded again by its address.
  router.get('/interaction/:uid/upstream/:provider', (ctx: RouterContext) => {
    const { uid = '' } = ctx.params as { readonly uid?: string };
    ctx.redirect(`/interaction/${encodeURIComponent(uid)}`);
  });
}
