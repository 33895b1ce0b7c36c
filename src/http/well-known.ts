import Router from '@koa/router';
import { PASSKEYS_PATH } from './account/passkeys-path.js';

/** Seconds. */
const KEPT = 24 * 60 * 60;

export const WELL_KNOWN_PATHS = ['/.well-known/passkey-endpoints', '/.well-known/change-password'] as const;

/**
 * Where password managers find the pages that they lead people to.
 * @see W3C Passkey Endpoints Well-Known URL; A Well-Known URL for Changing Passwords
 */
export function createWellKnownRouter({ issuer }: { readonly issuer: string }): Router {
  const router = new Router();
  const [passkeyEndpoints, changePassword] = WELL_KNOWN_PATHS;
  const passkeys = `${issuer.replace(/\/$/, '')}${PASSKEYS_PATH}`;
  router.get(passkeyEndpoints, (ctx) => {
    ctx.set('Cache-Control', `public, max-age=${KEPT}`);
    ctx.body = { enroll: passkeys, manage: passkeys };
  });
  router.get(changePassword, (ctx) => {
    ctx.redirect('/account/password');
  });
  return router;
}
