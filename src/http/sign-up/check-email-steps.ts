import type { RouterContext } from '@koa/router';
import { DomainError } from '../../domain/errors.js';
import {
  confirmRegistrationByCode,
  confirmRegistrationByLink,
  findOwnRegistration,
} from '../../domain/registrations/confirm-registration.js';
import { REGISTRATION_PATH } from '../../domain/registrations/registration.js';
import { resendRegistration } from '../../domain/registrations/request-registration.js';
import type { CurrentInteraction } from '../../provider/interactions.js';
import type { InteractionDeps } from '../interactions/interaction-deps.js';
import { proveFactor } from '../interactions/prove-factor.js';
import { csrfPurpose, pageSettings, readInteractionForm } from '../interactions/with-interaction.js';
import { originOf } from '../middlewares/audit-origin.js';
import { requestIdOf } from '../middlewares/request-id.js';
import type { CheckEmailFault } from '../sign-up-view-models.js';
import { putOff } from '../put-off.js';
import { seeOther } from '../see-other.js';
import { showSignUp } from './sign-up-steps.js';

interface LastTry {
  readonly fault?: CheckEmailFault;
  readonly retryAfterMinutes?: number | undefined;
  readonly status?: number;
}

/** "Check your email", while this browser has a registration that waits; else the form. */
export async function showCheckEmail(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
  last: LastTry = {},
): Promise<void> {
  const { selfService } = deps;
  const found =
    selfService?.isOpen === true
      ? await findOwnRegistration(selfService.registration, selfService.registrationCookie.read(ctx))
      : undefined;
  if (!found) return showSignUp(deps, ctx, interaction);
  const { uid } = interaction;
  const base = `/interaction/${uid}/sign-up`;
  deps.pages.show(
    ctx,
    'check-email',
    {
      action: `${base}/check`,
      csrf: deps.csrf.token(csrfPurpose(interaction)),
      email: found.content.email,
      fault: last.fault,
      retryAfterMinutes: last.retryAfterMinutes,
      resendAction: `${base}/resend`,
      resent: last.fault === undefined && ctx.query['sent'] === 'again',
      changeUri: base,
    },
    pageSettings(interaction, last.status),
  );
}

/** Takes the code: the account is created, and the person goes on signed in. */
export async function submitCheckEmail(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
): Promise<void> {
  const form = await readInteractionForm(deps, ctx, interaction);
  const { selfService } = deps;
  if (!selfService?.isOpen) return showSignUp(deps, ctx, interaction);
  const code = form.get('code') ?? '';
  if (code.trim() === '') {
    return showCheckEmail(deps, ctx, interaction, { fault: 'code_missing', status: 422 });
  }
  try {
    const account = await confirmRegistrationByCode(
      { ...selfService.registration, unitOfWork: deps.unitsOfWork.from(originOf(ctx)) },
      { browserToken: selfService.registrationCookie.read(ctx), code, address: ctx.ip },
    );
    await goOnAs(deps, ctx, interaction, account.id);
  } catch (error) {
    const off = putOff(ctx, error);
    if (off) return showCheckEmail(deps, ctx, interaction, off);
    if (!(error instanceof DomainError && error.code === 'registration_code_invalid')) throw error;
    await showCheckEmail(deps, ctx, interaction, { fault: 'code_invalid', status: 422 });
  }
}

/**
 * Takes the mail's link, opened in the browser in which the registration began. Where the interaction is over by then,
 * the page of the link goes on without it.
 */
export async function submitOwnLink(deps: InteractionDeps, ctx: RouterContext): Promise<void> {
  const { uid = '' } = ctx.params as { readonly uid?: string };
  const form = await readInteractionForm(deps, ctx, { uid });
  const { selfService } = deps;
  const token = form.get('token') ?? '';
  const page = `${REGISTRATION_PATH}/${encodeURIComponent(token)}?by=itself`;
  if (!selfService?.isOpen) {
    seeOther(ctx, page);
    return;
  }
  try {
    const interaction = await deps.interactions.current(ctx.req, ctx.res, uid);
    const account = await confirmRegistrationByLink(
      { ...selfService.registration, unitOfWork: deps.unitsOfWork.from(originOf(ctx)) },
      { token, browserToken: selfService.registrationCookie.read(ctx), address: ctx.ip },
    );
    await goOnAs(deps, ctx, interaction, account.id);
  } catch (error) {
    if (!(error instanceof DomainError && SHOWN_BY_LINK.includes(error.code))) throw error;
    // The page of the link says what is the matter.
    seeOther(ctx, page);
  }
}

const SHOWN_BY_LINK: readonly string[] = [
  'interaction_not_found',
  'account_link_invalid',
  'invalid_credentials',
  'too_many_attempts',
];

/** Sends the mail once more. */
export async function submitResend(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
): Promise<void> {
  await readInteractionForm(deps, ctx, interaction);
  const { selfService } = deps;
  const browserToken = selfService?.registrationCookie.read(ctx);
  if (!selfService?.isOpen || browserToken === undefined) return showSignUp(deps, ctx, interaction);
  try {
    const scoped = { ...selfService.registration, unitOfWork: deps.unitsOfWork.from(originOf(ctx)) };
    await resendRegistration(scoped, browserToken, ctx.ip);
    seeOther(ctx, `/interaction/${interaction.uid}/sign-up/check?sent=again`);
  } catch (error) {
    const off = putOff(ctx, error);
    if (!off) throw error;
    await showCheckEmail(deps, ctx, interaction, off);
  }
}

/** Password and mailbox were shown a moment ago: the password counts, as in any other sign-in. */
async function goOnAs(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
  accountId: string,
): Promise<void> {
  deps.selfService?.registrationCookie.clear(ctx);
  deps.logger.info('signed up', { requestId: requestIdOf(ctx), accountId });
  await proveFactor(deps, ctx, interaction, { method: 'password', accountId });
}
