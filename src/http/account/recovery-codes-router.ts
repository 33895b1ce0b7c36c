import Router, { type RouterContext } from '@koa/router';
import { makeRecoveryCodes } from '../../domain/factors/recovery-codes.js';
import { hasSecondFactor } from '../../domain/sign-in/next-sign-in-step.js';
import {
  answerRecoveryCodeFile,
  showRecoveryCodes,
  submitRecoveryCodes,
  type RecoveryCodesPlace,
} from '../factors/new-recovery-codes.js';
import { accountForm, accountPage, checkedAccountForm, goOn, ownUnitOfWork } from './account-page.js';
import { RECOVERY_CODES_PATH, TOTP_PATH } from './factor-paths.js';
import type { SignedIn } from './signed-in.js';
import type { FactorAccountDeps } from './totp-router.js';

const SAVED_PATH = `${RECOVERY_CODES_PATH}/saved`;
const FILE_PATH = `${RECOVERY_CODES_PATH}/file`;

/** The pages on which people see how many recovery codes they have left, and make new ones. */
export function createRecoveryCodesAccountRouter(deps: FactorAccountDeps): Router {
  const router = new Router();
  router.get(RECOVERY_CODES_PATH, (ctx: RouterContext) => showCount(deps, ctx));
  router.post(RECOVERY_CODES_PATH, (ctx: RouterContext) => submitMake(deps, ctx));
  router.post(SAVED_PATH, (ctx: RouterContext) => submitSaved(deps, ctx));
  router.post(FILE_PATH, (ctx: RouterContext) => downloadFile(deps, ctx));
  // Codes are shown once; their page, loaded again by its address, leads back.
  router.get(SAVED_PATH, (ctx: RouterContext) => {
    goOn(ctx, RECOVERY_CODES_PATH);
  });
  return router;
}

async function showCount(deps: FactorAccountDeps, ctx: RouterContext): Promise<void> {
  const signedIn = await deps.signedIn.require(ctx);
  if (!signedIn) return;
  const { id } = signedIn.account;
  const { recoveryCodes, secondFactors } = deps.factors;
  const [factors, madeAt] = await Promise.all([secondFactors(id), recoveryCodes.madeAt(id)]);
  deps.pages.show(ctx, 'account-recovery-codes', {
    ...accountPage(ctx, signedIn),
    ...accountForm(deps, RECOVERY_CODES_PATH, signedIn),
    left: factors.recoveryCodes,
    madeAt: madeAt?.toISOString(),
    usable: hasSecondFactor(factors),
    totpUri: TOTP_PATH,
  });
}

async function submitMake(deps: FactorAccountDeps, ctx: RouterContext): Promise<void> {
  const signedIn = await deps.signedIn.require(ctx, { recently: true });
  if (!signedIn) return;
  await checkedAccountForm(deps, ctx, signedIn);
  if (!hasSecondFactor(await deps.factors.secondFactors(signedIn.account.id))) {
    goOn(ctx, RECOVERY_CODES_PATH);
    return;
  }
  const unitOfWork = ownUnitOfWork(deps, ctx, signedIn);
  const codes = await makeRecoveryCodes({ ...deps.factors, unitOfWork }, signedIn.account.id);
  showRecoveryCodes(deps, ctx, placeOf(deps, signedIn), codes);
}

/** The new codes count, and the old ones end, once the person has saved them. */
async function submitSaved(deps: FactorAccountDeps, ctx: RouterContext): Promise<void> {
  const signedIn = await deps.signedIn.require(ctx, { recently: true });
  if (!signedIn) return;
  const form = await checkedAccountForm(deps, ctx, signedIn);
  const factors = { ...deps.factors, unitOfWork: ownUnitOfWork(deps, ctx, signedIn) };
  const outcome = await submitRecoveryCodes({ ...deps, factors }, ctx, placeOf(deps, signedIn), {
    accountId: signedIn.account.id,
    form,
  });
  if (outcome === 'not_saved') return;
  // Otherwise the page tells how many are valid.
  goOn(ctx, RECOVERY_CODES_PATH, outcome === 'saved' ? 'recovery_codes_made' : undefined);
}

async function downloadFile(deps: FactorAccountDeps, ctx: RouterContext): Promise<void> {
  const signedIn = await deps.signedIn.require(ctx, { recently: true });
  if (!signedIn) return;
  answerRecoveryCodeFile(ctx, await checkedAccountForm(deps, ctx, signedIn), deps.factors.issuer);
}

function placeOf(deps: FactorAccountDeps, signedIn: SignedIn): RecoveryCodesPlace {
  return { form: { ...accountForm(deps, SAVED_PATH, signedIn), downloadAction: FILE_PATH } };
}
