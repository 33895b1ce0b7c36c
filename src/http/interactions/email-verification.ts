import type { RouterContext } from '@koa/router';
import type { CurrentInteraction } from '../../provider/interactions.js';
import { putOff } from '../put-off.js';
import { seeOther } from '../see-other.js';
import type { EmailUnverifiedView } from '../sign-up-view-models.js';
import { sendVerification } from './begin-email-verification.js';
import type { InteractionDeps } from './interaction-deps.js';
import { atStep, stepModel, type SecondStep } from './second-factor-step.js';
import { readInteractionForm, pageSettings } from './with-interaction.js';

type Args = [deps: InteractionDeps, ctx: RouterContext, interaction: CurrentInteraction];

/** Where somebody whose address is not verified is told to open the link; it goes on as soon as they have. */
export async function showEmailVerification(...[deps, ctx, interaction]: Args): Promise<void> {
  const at = await atStep(deps, ctx, interaction, 'verify_email');
  if (at) show(deps, ctx, at, { notice: ctx.query['sent'] === 'again' ? 'resent' : checked(ctx) });
}

/** Sends the link once more. */
export async function resendEmailVerification(...[deps, ctx, interaction]: Args): Promise<void> {
  await readInteractionForm(deps, ctx, interaction);
  const at = await atStep(deps, ctx, interaction, 'verify_email');
  if (!at) return;
  try {
    await sendVerification(deps, ctx, interaction, at.state.account.id);
    seeOther(ctx, `${pathOf(interaction)}?sent=again`);
  } catch (error) {
    const off = putOff(ctx, error);
    if (!off) throw error;
    show(deps, ctx, at, off);
  }
}

function pathOf({ uid }: CurrentInteraction): string {
  return `/interaction/${uid}/verify-email`;
}

/** Whoever says that they have opened the link, and has not, hears so. */
function checked(ctx: RouterContext): EmailUnverifiedView['notice'] {
  return ctx.query['opened'] === undefined ? undefined : 'not_yet';
}

function show(
  deps: InteractionDeps,
  ctx: RouterContext,
  at: SecondStep<'verify_email'>,
  last: Pick<EmailUnverifiedView, 'notice' | 'fault' | 'retryAfterMinutes'> & { readonly status?: number },
): void {
  const { interaction, state } = at;
  const { hasMail, wayOn } = deps.verifiedEmail;
  wayOn.remember(ctx, `/interaction/${interaction.uid}`);
  const { csrf, clientName, cancelAction, switchAccountAction } = stepModel(deps, at, '');
  const action = pathOf(interaction);
  deps.pages.show(
    ctx,
    'email-unverified',
    {
      action,
      csrf,
      clientName,
      cancelAction,
      switchAccountAction,
      email: state.account.email,
      sent: hasMail,
      continueUri: `${action}?opened=1`,
      changeUri: '/account/email',
      notice: last.notice,
      fault: last.fault,
      retryAfterMinutes: last.retryAfterMinutes,
    },
    pageSettings(interaction, last.status),
  );
}
