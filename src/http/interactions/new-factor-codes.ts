import type { RouterContext } from '@koa/router';
import type { Clock } from '../../domain/clock.js';
import { DomainError } from '../../domain/errors.js';
import { makeRecoveryCodes } from '../../domain/factors/recovery-codes.js';
import type { Proof } from '../../domain/sign-in/authentication-method.js';
import { isRecentProof } from '../../domain/sign-in/sign-in-attempt.js';
import type { CurrentInteraction } from '../../provider/interactions.js';
import {
  answerRecoveryCodeFile,
  showRecoveryCodes,
  submitRecoveryCodes,
  type RecoveryCodesPlace,
} from '../factors/new-recovery-codes.js';
import { originOf } from '../middlewares/audit-origin.js';
import { seeOther } from '../see-other.js';
import type { InteractionDeps } from './interaction-deps.js';
import { advance, recordProof } from './prove-factor.js';
import { secondFactorPath } from './second-factor-step.js';
import { findSignInState, type SignInState } from './sign-in-state.js';
import { csrfPurpose, pageSettings, readInteractionForm } from './with-interaction.js';

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
  await showNewCodes(deps, ctx, interaction, accountId);
}

/** Goes on once the person has saved the codes; without any that wait it goes on as well. */
export async function submitNewFactorCodes(...[deps, ctx, interaction]: Args): Promise<void> {
  const form = await readInteractionForm(deps, ctx, interaction);
  const state = await findSignInState(deps, ctx, interaction);
  if (!state || !hasJustEnrolled(state, deps.clock)) {
    seeOther(ctx, `/interaction/${interaction.uid}`);
    return;
  }
  const accountId = state.account.id;
  const isFirstSet = (await deps.factors.recoveryCodes.countLeft(accountId)) === 0;
  if (isFirstSet) {
    const factors = factorsOf(deps, ctx, accountId);
    const place = placeOf(deps, interaction);
    const outcome = await submitRecoveryCodes({ ...deps, factors }, ctx, place, { accountId, form });
    if (outcome === 'not_saved') return;
    // These are worth nothing, so the person gets new ones.
    if (outcome === 'outdated') return showNewCodes(deps, ctx, interaction, accountId);
  }
  await advance(deps, ctx, interaction, state);
}

/** The codes that the page shows as a file. */
export async function downloadNewFactorCodes(...[deps, ctx, interaction]: Args): Promise<void> {
  const form = await readInteractionForm(deps, ctx, interaction);
  const state = await findSignInState(deps, ctx, interaction);
  if (!state) throw new DomainError('form_rejected', 'Nobody is signing in here any more.');
  answerRecoveryCodeFile(ctx, form, deps.factors.issuer);
}

/** A session of long ago has proved a factor as well, and makes no codes: they would be a new way to sign in. */
function hasJustEnrolled({ attempt }: SignInState, clock: Clock): boolean {
  return attempt.proofs.some(
    (proof) => (proof.method === 'totp' || proof.method === 'passkey') && isRecentProof(proof, clock),
  );
}

async function showNewCodes(
  ...[deps, ctx, interaction, accountId]: [...Args, accountId: string]
): Promise<void> {
  const codes = await makeRecoveryCodes(factorsOf(deps, ctx, accountId), accountId);
  showRecoveryCodes(deps, ctx, placeOf(deps, interaction), codes);
}

function factorsOf(deps: InteractionDeps, ctx: RouterContext, accountId: string) {
  return {
    ...deps.factors,
    unitOfWork: deps.unitsOfWork.from(originOf(ctx, { kind: 'user', id: accountId })),
  };
}

function placeOf(deps: InteractionDeps, interaction: CurrentInteraction): RecoveryCodesPlace {
  return {
    form: {
      action: secondFactorPath(interaction, '/recovery-codes'),
      downloadAction: secondFactorPath(interaction, '/recovery-codes.txt'),
      csrf: deps.csrf.token(csrfPurpose(interaction)),
      clientName: interaction.client.name,
    },
    settings: pageSettings(interaction),
  };
}
