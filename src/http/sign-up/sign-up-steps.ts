import type { RouterContext } from '@koa/router';
import { DomainError, type FieldFault } from '../../domain/errors.js';
import { requestRegistration } from '../../domain/registrations/request-registration.js';
import type { CurrentInteraction } from '../../provider/interactions.js';
import type { InteractionDeps } from '../interactions/interaction-deps.js';
import { showLogin } from '../interactions/show-login.js';
import { csrfPurpose, pageSettings, readInteractionForm } from '../interactions/with-interaction.js';
import { originOf } from '../middlewares/audit-origin.js';
import { requestIdOf } from '../middlewares/request-id.js';
import { mailLocale } from './mail-locale.js';
import { putOff, type PutOff } from '../put-off.js';
import { seeOther } from '../see-other.js';

/** What was wrong with the last try. */
interface LastTry {
  readonly form: ReadonlyMap<string, string>;
  readonly faults: readonly FieldFault[];
  readonly retryAfterMinutes?: number | undefined;
  readonly status: number;
}

/** The form to create an account; the login page where nobody may. */
export async function showSignUp(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
  last?: LastTry,
): Promise<void> {
  const { selfService } = deps;
  if (!selfService?.isOpen) return showLogin(deps, ctx, interaction);
  const { uid, client, loginHint = '' } = interaction;
  const base = `/interaction/${uid}`;
  deps.pages.show(
    ctx,
    'sign-up',
    {
      action: `${base}/sign-up`,
      csrf: deps.csrf.token(csrfPurpose(interaction)),
      clientName: client.name,
      email: last?.form.get('email') ?? (loginHint.includes('@') ? loginHint : ''),
      givenName: last?.form.get('given_name') ?? '',
      familyName: last?.form.get('family_name') ?? '',
      passwordMinLength: selfService.registration.passwordPolicy.minLength,
      emailDomains: selfService.registration.emailDomains,
      faults: last?.faults ?? [],
      retryAfterMinutes: last?.retryAfterMinutes,
      signInUri: `${base}/sign-in`,
      cancelAction: `${base}/abort`,
    },
    pageSettings(interaction, last?.status),
  );
}

/** Answers the form: alike for an address that has an account and one that has none. */
export async function submitSignUp(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
): Promise<void> {
  const form = await readInteractionForm(deps, ctx, interaction);
  const { selfService } = deps;
  if (!selfService?.isOpen) return showLogin(deps, ctx, interaction);
  const optional = (name: string): string | undefined => form.get(name)?.trim() || undefined;
  try {
    const browserToken = await requestRegistration(
      { ...selfService.registration, unitOfWork: deps.unitsOfWork.from(originOf(ctx)) },
      {
        email: form.get('email') ?? '',
        password: form.get('password') ?? '',
        givenName: optional('given_name'),
        familyName: optional('family_name'),
        locale: mailLocale(ctx, interaction.uiLocales),
        interaction: interaction.uid,
        address: ctx.ip,
      },
    );
    selfService.registrationCookie.give(ctx, browserToken);
    deps.logger.info('sign-up requested', {
      requestId: requestIdOf(ctx),
      clientId: interaction.client.clientId,
    });
    seeOther(ctx, `/interaction/${interaction.uid}/sign-up/check`);
  } catch (error) {
    const last = refusalOf(error, putOff(ctx, error));
    if (!last) throw error;
    await showSignUp(deps, ctx, interaction, { form, ...last });
  }
}

function refusalOf(error: unknown, off: PutOff | undefined): Omit<LastTry, 'form'> | undefined {
  if (off) {
    const { fault: code, retryAfterMinutes, status } = off;
    return { faults: [{ field: '', code, detail: '' }], retryAfterMinutes, status };
  }
  const isFaulty = error instanceof DomainError && error.code === 'invalid_input';
  return isFaulty ? { faults: error.faults, status: 422 } : undefined;
}
