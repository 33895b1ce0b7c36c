import Router, { type RouterContext } from '@koa/router';
import { DomainError } from '../../domain/errors.js';
import { removeTotp } from '../../domain/factors/remove-totp.js';
import type { FactorDeps } from '../factors/factor-deps.js';
import { answerTotpQrCode, takeTotpCode, totpSetupModel, type TotpTry } from '../factors/totp-setup.js';
import type { AccountDeps } from './account-deps.js';
import { accountForm, accountPage, checkedAccountForm, goOn, ownUnitOfWork } from './account-page.js';
import { RECOVERY_CODES_PATH, TOTP_PATH } from './factor-paths.js';
import type { SignedIn } from './signed-in.js';

export interface FactorAccountDeps extends AccountDeps {
  readonly factors: FactorDeps;
}

const SETUP_PATH = `${TOTP_PATH}/setup`;
const REMOVE_PATH = `${TOTP_PATH}/remove`;
const QR_PATH = `${TOTP_PATH}/qr.svg`;

/** The pages on which people set up, replace and remove their authenticator. */
export function createTotpAccountRouter(deps: FactorAccountDeps): Router {
  const router = new Router();
  router.get(TOTP_PATH, (ctx: RouterContext) => showTotp(deps, ctx));
  router.get(SETUP_PATH, (ctx: RouterContext) => showSetup(deps, ctx));
  router.post(SETUP_PATH, (ctx: RouterContext) => submitSetup(deps, ctx));
  router.get(QR_PATH, (ctx: RouterContext) => showQrCode(deps, ctx));
  router.get(REMOVE_PATH, (ctx: RouterContext) => showRemove(deps, ctx));
  router.post(REMOVE_PATH, (ctx: RouterContext) => submitRemove(deps, ctx));
  return router;
}

async function showTotp(deps: FactorAccountDeps, ctx: RouterContext): Promise<void> {
  const signedIn = await deps.signedIn.require(ctx);
  if (!signedIn) return;
  const { totp, recoveryCodes } = deps.factors;
  const [authenticator, codesLeft] = await Promise.all([
    totp.find(signedIn.account.id),
    recoveryCodes.countLeft(signedIn.account.id),
  ]);
  deps.pages.show(ctx, 'account-totp', {
    ...accountPage(ctx, signedIn),
    authenticator: authenticator && {
      name: authenticator.name,
      addedAt: (authenticator.confirmedAt ?? authenticator.createdAt).toISOString(),
      lastUsedAt: authenticator.lastUsedAt?.toISOString(),
    },
    setupUri: SETUP_PATH,
    removeUri: REMOVE_PATH,
    recoveryCodesUri: RECOVERY_CODES_PATH,
    codesLeft,
  });
}

async function showSetup(deps: FactorAccountDeps, ctx: RouterContext): Promise<void> {
  const signedIn = await deps.signedIn.require(ctx, { recently: true });
  if (signedIn) await show(deps, ctx, signedIn, {});
}

async function submitSetup(deps: FactorAccountDeps, ctx: RouterContext): Promise<void> {
  const signedIn = await deps.signedIn.require(ctx, { recently: true });
  if (!signedIn) return;
  const form = await checkedAccountForm(deps, ctx, signedIn);
  const last = await takeTotpCode({ ...deps.factors, unitOfWork: ownUnitOfWork(deps, ctx, signedIn) }, form, {
    accountId: signedIn.account.id,
    binding: bindingOf(signedIn),
    keptSessionId: signedIn.session.id,
  });
  if (last) return show(deps, ctx, signedIn, last);
  // Codes come with the first second factor: without them a lost phone is a lost account.
  const left = await deps.factors.recoveryCodes.countLeft(signedIn.account.id);
  if (left > 0) goOn(ctx, TOTP_PATH, 'totp_added');
  else goOn(ctx, RECOVERY_CODES_PATH, 'totp_added');
}

/** The key as an image, while it is being set up. */
async function showQrCode(deps: FactorAccountDeps, ctx: RouterContext): Promise<void> {
  const signedIn = await deps.signedIn.require(ctx, { recently: true });
  if (!signedIn) return;
  await answerTotpQrCode(deps.factors, ctx, signedIn.account, bindingOf(signedIn));
}

async function showRemove(deps: FactorAccountDeps, ctx: RouterContext): Promise<void> {
  const signedIn = await deps.signedIn.require(ctx, { recently: true });
  if (!signedIn) return;
  const factors = await deps.factors.secondFactors(signedIn.account.id);
  if (!factors.totp) {
    goOn(ctx, TOTP_PATH);
    return;
  }
  deps.pages.show(ctx, 'account-totp-remove', {
    ...accountPage(ctx, signedIn),
    ...accountForm(deps, REMOVE_PATH, signedIn),
    backUri: TOTP_PATH,
    isLast: factors.passkeys === 0,
  });
}

/** Everything else that was issued to the account ends; this session goes on. */
async function submitRemove(deps: FactorAccountDeps, ctx: RouterContext): Promise<void> {
  const signedIn = await deps.signedIn.require(ctx, { recently: true });
  if (!signedIn) return;
  await checkedAccountForm(deps, ctx, signedIn);
  try {
    await removeTotp(
      { ...deps.factors, unitOfWork: ownUnitOfWork(deps, ctx, signedIn) },
      signedIn.account.id,
      { keptSessionId: signedIn.session.id },
    );
  } catch (error) {
    // Removed in another tab: that is what the person wants.
    if (!(error instanceof DomainError) || error.code !== 'not_found') throw error;
  }
  goOn(ctx, TOTP_PATH, 'totp_removed');
}

/** A key that was shown in one session is confirmed in no other one. */
function bindingOf({ session }: SignedIn): string {
  return `session ${session.id} new authenticator`;
}

async function show(
  deps: FactorAccountDeps,
  ctx: RouterContext,
  signedIn: SignedIn,
  last: TotpTry,
): Promise<void> {
  const { account } = signedIn;
  const unitOfWork = ownUnitOfWork(deps, ctx, signedIn);
  deps.pages.show(
    ctx,
    'totp-setup',
    {
      ...accountForm(deps, SETUP_PATH, signedIn),
      qrUri: QR_PATH,
      ...(await totpSetupModel({ ...deps.factors, unitOfWork }, account, bindingOf(signedIn), last)),
      backUri: TOTP_PATH,
      replaces: (await deps.factors.totp.find(account.id)) !== undefined,
    },
    { status: last.fault ? 422 : 200 },
  );
}
