import type { RouterContext } from '@koa/router';
import { DomainError } from '../../domain/errors.js';
import { activateRecoveryCodes, makeRecoveryCodes } from '../../domain/factors/recovery-codes.js';
import type { Proof } from '../../domain/sign-in/authentication-method.js';
import type { CurrentInteraction } from '../../provider/interactions.js';
import { answerRecoveryCodeFile, postedRecoveryCodes } from '../factors/recovery-code-file.js';
import { originOf } from '../middlewares/audit-origin.js';
import type { InteractionDeps } from './interaction-deps.js';
import { advance, recordProof } from './prove-factor.js';
import { leadTo, pageSettings, readStepForm, secondFactorPath } from './second-factor-step.js';
import { findSignInState } from './sign-in-state.js';
import { csrfPurpose } from './with-interaction.js';

type Args = [deps: InteractionDeps, ctx: RouterContext, interaction: CurrentInteraction];

/** Goes on with what is proved by a factor that was set up just now: by way of new recovery codes, where there are none. */
export async function goOnWithNewFactor(
  ...[deps, ctx, interaction, proof]: [...Args, proof: Proof]
): Promise<void> {
  const { accountId } = proof;
  const state = await recordProof(deps, ctx, interaction, proof);
  await deps.interactions.keepAttempt(ctx.req, ctx.res, state.attempt);
  if ((await deps.factors.recoveryCodes.countLeft(accountId)) > 0) {
    return advance(deps, ctx, interaction, state);
  }
  const unitOfWork = deps.unitsOfWork.from(originOf(ctx, { kind: 'user', id: accountId }));
  showRecoveryCodes(
    deps,
    ctx,
    interaction,
    await makeRecoveryCodes({ ...deps.factors, unitOfWork }, accountId),
  );
}

/** Goes on once the person has saved the codes; without any that wait it goes on as well. */
export async function submitRecoveryCodes(...[deps, ctx, interaction]: Args): Promise<void> {
  const form = await readStepForm(deps, ctx, interaction);
  const state = await findSignInState(deps, ctx, interaction);
  if (!state || !hasJustEnrolled(state)) {
    leadTo(ctx, `/interaction/${interaction.uid}`);
    return;
  }
  const accountId = state.account.id;
  const codes = postedRecoveryCodes(form);
  const unitOfWork = deps.unitsOfWork.from(originOf(ctx, { kind: 'user', id: accountId }));
  const scoped = { ...deps.factors, unitOfWork };
  const isFirstSet = (await deps.factors.recoveryCodes.countLeft(accountId)) === 0;
  if (isFirstSet && codes) {
    if (form.get('saved') !== '1') {
      showRecoveryCodes(deps, ctx, interaction, codes, 'not_saved');
      return;
    }
    try {
      await activateRecoveryCodes(scoped, accountId, codes);
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'not_found') throw error;
      // Made anew in another tab: these are worth nothing, so the person gets new ones.
      showRecoveryCodes(deps, ctx, interaction, await makeRecoveryCodes(scoped, accountId));
      return;
    }
  }
  await advance(deps, ctx, interaction, state);
}

/** The codes that the page shows as a file. */
export async function downloadRecoveryCodes(...[deps, ctx, interaction]: Args): Promise<void> {
  const form = await readStepForm(deps, ctx, interaction);
  const codes = postedRecoveryCodes(form);
  const state = await findSignInState(deps, ctx, interaction);
  if (!codes || !state) throw new DomainError('form_rejected', 'These are no recovery codes.');
  answerRecoveryCodeFile(ctx, codes, deps.factors.issuer);
}

function hasJustEnrolled({ attempt }: NonNullable<Awaited<ReturnType<typeof findSignInState>>>): boolean {
  return attempt.proofs.some(({ method }) => method === 'totp' || method === 'passkey');
}

function showRecoveryCodes(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
  codes: readonly string[],
  fault?: 'not_saved',
): void {
  deps.pages.show(
    ctx,
    'recovery-codes',
    {
      action: secondFactorPath(interaction, '/recovery-codes'),
      downloadAction: secondFactorPath(interaction, '/recovery-codes.txt'),
      csrf: deps.csrf.token(csrfPurpose(interaction)),
      codes,
      fault,
      clientName: interaction.client.name,
    },
    pageSettings(interaction, fault ? 422 : 200),
  );
}
