import type { RouterContext } from '@koa/router';
import { replaceTemporaryPassword } from '../../domain/accounts/replace-temporary-password.js';
import { DomainError, type FieldFault } from '../../domain/errors.js';
import type { CurrentInteraction } from '../../provider/interactions.js';
import { originOf } from '../middlewares/audit-origin.js';
import { requestIdOf } from '../middlewares/request-id.js';
import { putOff } from '../put-off.js';
import { accountLabel } from './account-label.js';
import type { InteractionDeps } from './interaction-deps.js';
import { advance } from './prove-factor.js';
import { atStep, secondFactorPath, type SecondStep } from './second-factor-step.js';
import { stateOf } from './sign-in-state.js';
import { csrfPurpose, pageSettings, readInteractionForm } from './with-interaction.js';

type Args = [deps: InteractionDeps, ctx: RouterContext, interaction: CurrentInteraction];

/** The page on which somebody who has proved a temporary password chooses their own. */
export async function showNewPassword(...[deps, ctx, interaction]: Args): Promise<void> {
  const at = await atStep(deps, ctx, interaction, 'change_password');
  if (at) show(deps, ctx, at);
}

/** Takes the new password, and goes on with the sign-in. */
export async function submitNewPassword(...[deps, ctx, interaction]: Args): Promise<void> {
  const form = await readInteractionForm(deps, ctx, interaction);
  const at = await atStep(deps, ctx, interaction, 'change_password');
  if (!at) return;
  const newPassword = form.get('password') ?? '';
  if (newPassword === '') {
    show(deps, ctx, at, [{ field: 'password', code: 'password_missing', detail: '' }], 422);
    return;
  }
  const { account: proved, attempt } = at.state;
  const known = await deps.interactions.knownSessions(ctx.req, ctx.res);
  const own = known.find(({ inUse, accountId }) => inUse && accountId === proved.id);
  try {
    const account = await replaceTemporaryPassword(
      { ...deps.temporaryPasswords, unitOfWork: deps.unitsOfWork.from(originOf(ctx)) },
      proved,
      {
        newPassword,
        keptSessionId: own?.id,
        keptInteractionId: deps.temporaryPasswords.interactionReference(interaction.uid),
      },
    );
    deps.logger.info('password changed', { requestId: requestIdOf(ctx), accountId: account.id });
    // The same proofs, of the account as it is now: a change by anybody else would have ended the attempt.
    const going = { ...attempt, accountVersion: account.version };
    await advance(deps, ctx, interaction, await stateOf(deps, ctx, interaction, account, going));
  } catch (error) {
    const off = putOff(ctx, error);
    if (off) {
      show(deps, ctx, at, [{ field: '', code: off.fault, detail: '' }], off.status);
      return;
    }
    if (!(error instanceof DomainError) || error.code !== 'invalid_input') throw error;
    show(deps, ctx, at, error.faults, 422);
  }
}

function show(
  deps: InteractionDeps,
  ctx: RouterContext,
  { interaction, state }: SecondStep<'change_password'>,
  faults: readonly FieldFault[] = [],
  status = 200,
): void {
  deps.pages.show(
    ctx,
    'new-password',
    {
      action: `/interaction/${interaction.uid}/new-password`,
      csrf: deps.csrf.token(csrfPurpose(interaction)),
      clientName: interaction.client.name,
      account: { label: accountLabel(state.account) },
      passwordMinLength: deps.temporaryPasswords.passwordPolicy.minLength,
      faults,
      cancelAction: secondFactorPath(interaction, '/abort'),
      switchAccountAction: secondFactorPath(interaction, '/switch'),
    },
    pageSettings(interaction, status),
  );
}
