import type { RouterContext } from '@koa/router';
import { beginPasskeyEnrolment } from '../../domain/passkeys/begin-passkey-enrolment.js';
import type { CurrentInteraction } from '../../provider/interactions.js';
import { enrolPostedPasskey } from '../factors/posted-passkey.js';
import { answerTotpQrCode, takeTotpCode, totpSetupModel, type TotpTry } from '../factors/totp-setup.js';
import { originOf } from '../middlewares/audit-origin.js';
import type { PasskeyFault } from '../passkey-view-models.js';
import type { InteractionDeps } from './interaction-deps.js';
import { goOnWithNewFactor } from './new-factor-codes.js';
import { atStep, secondFactorPath, stepModel, type SecondStep } from './second-factor-step.js';
import { findSignInState } from './sign-in-state.js';
import { readInteractionForm, pageSettings } from './with-interaction.js';

type Args = [deps: InteractionDeps, ctx: RouterContext, interaction: CurrentInteraction];

/** How somebody without a second factor gets one within a sign-in. */
export async function showSetup(...[deps, ctx, interaction]: Args): Promise<void> {
  const at = await atStep(deps, ctx, interaction, 'enrol');
  if (at) await show(deps, ctx, at, {});
}

/** The key as an image, only while it is being set up in this interaction. */
export async function showQrCode(...[deps, ctx, interaction]: Args): Promise<void> {
  const state = await findSignInState(deps, ctx, interaction);
  const account = state?.step.kind === 'enrol' ? state.account : undefined;
  await answerTotpQrCode(deps.factors, ctx, account, totpBinding(interaction));
}

/** Takes the first code of a new authenticator, and goes on to the recovery codes. */
export async function submitSetup(...[deps, ctx, interaction]: Args): Promise<void> {
  const form = await readInteractionForm(deps, ctx, interaction);
  const at = await atStep(deps, ctx, interaction, 'enrol');
  if (!at) return;
  if (!at.state.step.kinds.includes('totp')) return show(deps, ctx, at, { status: 422 });
  const accountId = at.state.account.id;
  const unitOfWork = deps.unitsOfWork.from(originOf(ctx, { kind: 'user', id: accountId }));
  const last = await takeTotpCode({ ...deps.factors, unitOfWork }, form, {
    accountId,
    binding: totpBinding(interaction),
    onlyFirst: true,
  });
  if (last) return show(deps, ctx, at, { ...last, status: 422 });
  await goOnWithNewFactor(deps, ctx, interaction, { method: 'totp', accountId });
}

/** What the page's script asks an authenticator for a new passkey with. */
export async function setupPasskeyOptions(...[deps, ctx, interaction]: Args): Promise<void> {
  await readInteractionForm(deps, ctx, interaction);
  const at = await atStep(deps, ctx, interaction, 'enrol');
  if (!at) return;
  const { account } = at.state;
  const unitOfWork = deps.unitsOfWork.from(originOf(ctx, { kind: 'user', id: account.id }));
  ctx.set('Cache-Control', 'no-store');
  ctx.body = await beginPasskeyEnrolment(
    { ...deps.passkeySignIn, unitOfWork },
    account,
    enrolmentBinding(interaction, account.id),
  );
}

/** Takes a new passkey, and goes on to the recovery codes. */
export async function submitSetupPasskey(...[deps, ctx, interaction]: Args): Promise<void> {
  const form = await readInteractionForm(deps, ctx, interaction);
  const at = await atStep(deps, ctx, interaction, 'enrol');
  if (!at) return;
  const { account } = at.state;
  const unitOfWork = deps.unitsOfWork.from(originOf(ctx, { kind: 'user', id: account.id }));
  const { issuer } = deps.factors;
  const passkeyFault = await enrolPostedPasskey(
    { ...deps.passkeySignIn, issuer, logger: deps.logger, unitOfWork },
    ctx,
    account,
    {
      answer: form.get('credential') ?? '',
      binding: enrolmentBinding(interaction, account.id),
      onlyFirst: true,
    },
  );
  if (passkeyFault) return show(deps, ctx, at, { passkeyFault, status: 422 });
  await goOnWithNewFactor(deps, ctx, interaction, { method: 'passkey', accountId: account.id });
}

/** A key that was shown in one sign-in is confirmed in no other one. */
function totpBinding({ uid }: CurrentInteraction): string {
  return `interaction ${uid} new authenticator`;
}

/** A new passkey of one sign-in answers for no other one, and for none of somebody else in the same browser. */
function enrolmentBinding({ uid }: CurrentInteraction, accountId: string): string {
  return `interaction ${uid} new passkey ${accountId}`;
}

async function show(
  deps: InteractionDeps,
  ctx: RouterContext,
  at: SecondStep<'enrol'>,
  last: TotpTry & { readonly passkeyFault?: PasskeyFault; readonly status?: number },
): Promise<void> {
  const { interaction, state } = at;
  const settings = pageSettings(interaction, last.status);
  const model = stepModel(deps, at, '/setup');
  const passkey = {
    action: secondFactorPath(interaction, '/setup/passkey'),
    optionsAction: secondFactorPath(interaction, '/setup/passkey/options'),
    fault: last.passkeyFault,
  };
  if (!state.step.kinds.includes('totp')) {
    deps.pages.show(ctx, 'passkey-needed', { ...model, passkey, passkeysUri: '/account/passkeys' }, settings);
    return;
  }
  const unitOfWork = deps.unitsOfWork.from(originOf(ctx, { kind: 'user', id: state.account.id }));
  const { action, csrf, ...signIn } = model;
  deps.pages.show(
    ctx,
    'totp-setup',
    {
      action,
      csrf,
      signIn,
      passkey,
      qrUri: secondFactorPath(interaction, '/qr.svg'),
      ...(await totpSetupModel(
        { ...deps.factors, unitOfWork },
        state.account,
        totpBinding(interaction),
        last,
      )),
    },
    settings,
  );
}
