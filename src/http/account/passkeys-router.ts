import Router, { type RouterContext } from '@koa/router';
import { DomainError } from '../../domain/errors.js';
import { beginPasskeyEnrolment } from '../../domain/passkeys/begin-passkey-enrolment.js';
import { checkedAccountForm, ownUnitOfWork } from './account-page.js';
import { editPasskey, removeOwnPasskey, showPasskey, showPasskeyRemoval } from './passkeys-change.js';
import { addPasskey, enrolmentBinding, showPasskeys } from './passkeys-list.js';
import type { PasskeysAccountDeps } from './passkeys-account-deps.js';
import { PASSKEYS_PATH } from './passkeys-path.js';

/** Passkeys, as their owner adds, names and removes them. */
export function createPasskeysAccountRouter(deps: PasskeysAccountDeps): Router {
  const router = new Router();
  router.get(PASSKEYS_PATH, (ctx: RouterContext) => showPasskeys(deps, ctx));
  router.post(PASSKEYS_PATH, (ctx: RouterContext) => addPasskey(deps, ctx));
  router.post(`${PASSKEYS_PATH}/options`, (ctx: RouterContext) => options(deps, ctx));
  router.get(`${PASSKEYS_PATH}/:id`, (ctx: RouterContext) => showPasskey(deps, ctx));
  router.post(`${PASSKEYS_PATH}/:id`, (ctx: RouterContext) => editPasskey(deps, ctx));
  router.get(`${PASSKEYS_PATH}/:id/remove`, (ctx: RouterContext) => showPasskeyRemoval(deps, ctx));
  router.post(`${PASSKEYS_PATH}/:id/remove`, (ctx: RouterContext) => removeOwnPasskey(deps, ctx));
  return router;
}

/** What the page's script asks an authenticator for a new passkey with. */
async function options(deps: PasskeysAccountDeps, ctx: RouterContext): Promise<void> {
  const signedIn = await deps.signedIn.require(ctx, { recently: true });
  if (!signedIn) return;
  await checkedAccountForm(deps, ctx, signedIn);
  const unitOfWork = ownUnitOfWork(deps, ctx, signedIn);
  ctx.set('Cache-Control', 'no-store');
  try {
    ctx.body = await beginPasskeyEnrolment(
      { ...deps.ownPasskeys, unitOfWork },
      signedIn.account,
      enrolmentBinding(signedIn),
    );
  } catch (error) {
    if (!(error instanceof DomainError && error.code === 'passkey_limit_reached')) throw error;
    // The script loads the page again, which says so.
    ctx.status = 409;
    ctx.body = { error: error.code };
  }
}
