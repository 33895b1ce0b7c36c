import type { RouterContext } from '@koa/router';
import type { CurrentInteraction } from '../../provider/interactions.js';
import type { InteractionDeps } from '../interactions/interaction-deps.js';
import { showLogin } from '../interactions/show-login.js';
import { csrfPurpose } from '../interactions/with-interaction.js';
import { showCheckEmail, submitCheckEmail, submitResend } from './check-email-steps.js';
import {
  showForgotPassword,
  submitForgotPassword,
  type ForgotPasswordPlace,
} from './forgot-password-steps.js';
import { showSignUp, submitSignUp } from './sign-up-steps.js';

type Step = (deps: InteractionDeps, ctx: RouterContext, interaction: CurrentInteraction) => Promise<void>;

/** The steps of an interaction by which people without an account, or without their password, go on. */
export const SELF_SERVICE_STEPS: readonly {
  readonly method: 'get' | 'post';
  /** Below the interaction's own address. */
  readonly path: string;
  readonly run: Step;
}[] = [
  { method: 'get', path: '/sign-in', run: (deps, ctx, interaction) => showLogin(deps, ctx, interaction) },
  { method: 'get', path: '/sign-up', run: (deps, ctx, interaction) => showSignUp(deps, ctx, interaction) },
  { method: 'post', path: '/sign-up', run: submitSignUp },
  {
    method: 'get',
    path: '/sign-up/check',
    run: (deps, ctx, interaction) => showCheckEmail(deps, ctx, interaction),
  },
  { method: 'post', path: '/sign-up/check', run: submitCheckEmail },
  { method: 'post', path: '/sign-up/resend', run: submitResend },
  {
    method: 'get',
    path: '/sign-up/resend',
    run: (deps, ctx, interaction) => showCheckEmail(deps, ctx, interaction),
  },
  {
    method: 'get',
    path: '/sign-up/finish',
    run: (deps, ctx, interaction) => showCheckEmail(deps, ctx, interaction),
  },
  { method: 'get', path: '/forgot-password', run: showForgotten },
  { method: 'post', path: '/forgot-password', run: submitForgotten },
];

function placeOf(interaction: CurrentInteraction): ForgotPasswordPlace {
  const { uid, display, uiLocales } = interaction;
  return {
    action: `/interaction/${uid}/forgot-password`,
    csrfPurpose: csrfPurpose(interaction),
    backUri: `/interaction/${uid}/sign-in`,
    settings: { display, uiLocales },
  };
}

async function showForgotten(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
): Promise<void> {
  const { selfService } = deps;
  if (selfService?.hasMail !== true) return showLogin(deps, ctx, interaction);
  const { loginHint = '' } = interaction;
  showForgotPassword(deps, ctx, placeOf(interaction), { identifier: loginHint });
}

async function submitForgotten(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
): Promise<void> {
  const { selfService } = deps;
  if (selfService?.hasMail !== true) return showLogin(deps, ctx, interaction);
  // The request begins again by it, since the interaction may be over by then.
  selfService.wayBackCookie.remember(ctx, interaction.restartPath);
  await submitForgotPassword({ ...deps, selfService }, ctx, placeOf(interaction));
}
