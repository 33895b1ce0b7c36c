import type { RouterContext } from '@koa/router';
import { DomainError } from '../../domain/errors.js';
import { beginTotp, confirmTotp } from '../../domain/factors/enrol-totp.js';
import { activateRecoveryCodes, makeRecoveryCodes } from '../../domain/factors/recovery-codes.js';
import type { CurrentInteraction } from '../../provider/interactions.js';
import { answerQrCode } from '../factors/qr-code.js';
import { answerRecoveryCodeFile, postedRecoveryCodes } from '../factors/recovery-code-file.js';
import { setupFault, totpKey } from '../factors/totp-setup.js';
import type { TotpSetupView } from '../factors-view-models.js';
import { originOf } from '../middlewares/audit-origin.js';
import type { InteractionDeps } from './interaction-deps.js';
import { advance, recordProof } from './prove-factor.js';
import {
  atStep,
  leadTo,
  pageSettings,
  readStepForm,
  secondFactorPath,
  stepModel,
  type SecondStep,
} from './second-factor-step.js';
import { findSignInState } from './sign-in-state.js';
import { csrfPurpose } from './with-interaction.js';

type Args = [deps: InteractionDeps, ctx: RouterContext, interaction: CurrentInteraction];

/** How somebody without a second factor gets one within a sign-in. */
export async function showSetup(...[deps, ctx, interaction]: Args): Promise<void> {
  const at = await atStep(deps, ctx, interaction, 'enrol');
  if (at) await show(deps, ctx, at, {});
}

/** The key as an image, only while it is being set up in this interaction. */
export async function showQrCode(...[deps, ctx, interaction]: Args): Promise<void> {
  const state = await findSignInState(deps, ctx, interaction);
  const pending = state?.step.kind === 'enrol' && (await deps.factors.totp.findPending(state.account.id));
  if (!state || !pending) throw new DomainError('not_found', 'No authenticator is being set up.');
  answerQrCode(ctx, totpKey(deps.factors, state.account, pending).otpauthUri);
}

/** Takes the first code of a new authenticator, and goes on to the recovery codes. */
export async function submitSetup(...[deps, ctx, interaction]: Args): Promise<void> {
  const form = await readStepForm(deps, ctx, interaction);
  const at = await atStep(deps, ctx, interaction, 'enrol');
  if (!at) return;
  if (!at.state.step.kinds.includes('totp')) return show(deps, ctx, at, { status: 422 });
  const accountId = at.state.account.id;
  const code = form.get('code') ?? '';
  const name = form.get('name') ?? '';
  if (code.trim() === '') return show(deps, ctx, at, { fault: 'code_missing', name, status: 422 });
  const scoped = {
    ...deps.factors,
    unitOfWork: deps.unitsOfWork.from(originOf(ctx, { kind: 'user', id: accountId })),
  };
  try {
    await confirmTotp(scoped, { accountId, code, name, onlyFirst: true });
  } catch (error) {
    const fault = setupFault(error);
    if (!fault) throw error;
    return show(deps, ctx, at, { fault, name, status: 422 });
  }
  const state = await recordProof(deps, ctx, interaction, { method: 'totp', accountId });
  await deps.interactions.keepAttempt(ctx.req, ctx.res, state.attempt);
  if ((await deps.factors.recoveryCodes.countLeft(accountId)) > 0) {
    return advance(deps, ctx, interaction, state);
  }
  showRecoveryCodes(deps, ctx, interaction, await makeRecoveryCodes(scoped, accountId));
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

async function show(
  deps: InteractionDeps,
  ctx: RouterContext,
  at: SecondStep<'enrol'>,
  last: { readonly fault?: TotpSetupView['fault']; readonly name?: string; readonly status?: number },
): Promise<void> {
  const { interaction, state } = at;
  const settings = pageSettings(interaction, last.status);
  const model = stepModel(deps, at, '/setup');
  if (!state.step.kinds.includes('totp')) {
    deps.pages.show(ctx, 'passkey-needed', { ...model, passkeysUri: '/account/passkeys' }, settings);
    return;
  }
  const unitOfWork = deps.unitsOfWork.from(originOf(ctx, { kind: 'user', id: state.account.id }));
  const pending = await beginTotp({ ...deps.factors, unitOfWork }, state.account.id);
  const { action, csrf, ...signIn } = model;
  deps.pages.show(
    ctx,
    'totp-setup',
    {
      action,
      csrf,
      signIn,
      qrUri: secondFactorPath(interaction, '/qr.svg'),
      ...totpKey(deps.factors, state.account, pending),
      name: last.name ?? '',
      fault: last.fault,
    },
    settings,
  );
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
