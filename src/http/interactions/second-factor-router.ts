import Router, { type RouterContext } from '@koa/router';
import type { CurrentInteraction } from '../../provider/interactions.js';
import { seeOther } from '../see-other.js';
import type { InteractionDeps } from './interaction-deps.js';
import {
  passkeyFactorOptions,
  showPasskeyFactor,
  submitPasskeyFactor,
  type PasskeyFactor,
} from './passkey-factor.js';
import { showChallenge } from './second-factor-challenge.js';
import { showCode, submitCode, submitUsedCode } from './second-factor-code.js';
import { downloadNewFactorCodes, submitNewFactorCodes } from './new-factor-codes.js';
import {
  setupPasskeyOptions,
  showQrCode,
  showSetup,
  submitSetup,
  submitSetupPasskey,
} from './second-factor-setup.js';
import { atStep, isByClient, secondFactorPath } from './second-factor-step.js';
import { findSignInState } from './sign-in-state.js';
import { continueTo, readInteractionForm, withInteraction } from './with-interaction.js';

type Step = (deps: InteractionDeps, ctx: RouterContext, interaction: CurrentInteraction) => Promise<void>;

/** The steps after the first factor, all below `/interaction/:uid/second-factor`. */
export function createSecondFactorRouter(deps: InteractionDeps): Router {
  const router = new Router({ prefix: '/interaction/:uid/second-factor' });
  const step =
    (run: Step) =>
    (ctx: RouterContext): Promise<void> =>
      withInteraction(deps, ctx, (interaction) => run(deps, ctx, interaction));
  const code = (method: 'totp' | 'recovery_code', run: typeof showCode): Step => {
    return (own, ctx, interaction) => run(own, ctx, interaction, method);
  };

  router.get('/', step(showChallenge));
  router.get('/totp', step(code('totp', showCode)));
  router.post('/totp', step(code('totp', submitCode)));
  router.get('/recovery', step(code('recovery_code', showCode)));
  router.post('/recovery', step(code('recovery_code', submitCode)));
  router.post('/continue', step(submitUsedCode));
  router.get('/passkey', step(withPasskey(showPasskeyFactor)));
  router.post('/passkey', step(withPasskey(submitPasskeyFactor)));
  router.post('/passkey/options', step(withPasskey(passkeyFactorOptions)));
  router.get('/setup', step(showSetup));
  router.post('/setup', step(submitSetup));
  router.post('/setup/passkey', step(submitSetupPasskey));
  router.post('/setup/passkey/options', step(setupPasskeyOptions));
  router.get('/qr.svg', step(showQrCode));
  router.post('/recovery-codes', step(submitNewFactorCodes));
  router.post('/recovery-codes.txt', step(downloadNewFactorCodes));
  router.post('/switch', step(switchAccount));
  router.post('/abort', step(giveUp));
  // A page that was posted to and is loaded again by its address.
  router.get(['/:form', '/setup/passkey'], (ctx: RouterContext) => {
    const { uid = '' } = ctx.params as { readonly uid?: string };
    seeOther(ctx, `/interaction/${encodeURIComponent(uid)}/second-factor`);
  });
  return router;
}

/** A step that asks for a passkey, where the sign-in stands there and the account has one. */
function withPasskey(
  run: (...args: [...Parameters<Step>, factor: PasskeyFactor]) => Promise<void> | void,
): Step {
  return async (deps, ctx, interaction) => {
    const at = await atStep(deps, ctx, interaction, 'challenge');
    if (!at) return;
    const { account, step } = at.state;
    if (!step.methods.includes('passkey')) {
      seeOther(ctx, secondFactorPath(interaction));
      return;
    }
    const otherWaysHref = step.methods.length > 1 ? secondFactorPath(interaction, '?choose=1') : undefined;
    await run(deps, ctx, interaction, { account, otherWaysHref });
  };
}

/** Forgets what was proved, and asks for another account. */
async function switchAccount(...[deps, ctx, interaction]: Parameters<Step>): Promise<void> {
  await readInteractionForm(deps, ctx, interaction);
  await deps.interactions.keepAttempt(ctx.req, ctx.res, undefined);
  if (interaction.accountId !== undefined) await deps.interactions.leaveSession(ctx.req, ctx.res);
  seeOther(ctx, `/interaction/${interaction.uid}`);
}

/** Tells the app that nothing comes of it: that its demands are not met, where it has made some. */
async function giveUp(...[deps, ctx, interaction]: Parameters<Step>): Promise<void> {
  await readInteractionForm(deps, ctx, interaction);
  const state = await findSignInState(deps, ctx, interaction);
  const isUnmet =
    state !== undefined && state.requirement.demanded !== undefined && isByClient(state.requirement);
  const continueUri = await deps.interactions.abort(
    ctx.req,
    ctx.res,
    'End-User aborted interaction',
    isUnmet ? 'unmet_authentication_requirements' : 'access_denied',
  );
  continueTo(deps, ctx, interaction, continueUri);
}
