import { createHash, randomBytes } from 'node:crypto';
import Router, { type RouterContext } from '@koa/router';
import {
  ACCOUNT_CLIENT_ID,
  ACCOUNT_PATH,
  ACCOUNT_SIGNED_IN_PATH,
} from '../../domain/clients/account-client.js';
import { ROUTES } from '../../provider/routes.js';
import {
  showForgotPassword,
  submitForgotPassword,
  type ForgotPasswordPlace,
} from './forgot-password-steps.js';
import { showInvitation, submitInvitation } from './invitation.js';
import { seeOther } from '../see-other.js';
import { showRegistrationLink, submitRegistrationLink } from './registration-link.js';
import type { SignUpDeps } from './sign-up-deps.js';

/** First segments of the addresses of these pages. */
export const SIGN_UP_PATHS: readonly string[] = ['/sign-up', '/forgot-password', '/invitation'];

const FORGOT_PASSWORD: ForgotPasswordPlace = {
  action: '/forgot-password',
  csrfPurpose: 'forgot password',
  backUri: ACCOUNT_PATH,
};

/** Pages for people without an account, or without their password, who come from no app. */
export function createSignUpRouter(deps: SignUpDeps): Router {
  const router = new Router();
  if (deps.selfService.isOpen) {
    router.get('/sign-up', (ctx: RouterContext) => {
      // Like any app does: whoever is done is at the pages of their account.
      seeOther(ctx, signUpAddress(deps.issuer));
    });
    router.get('/sign-up/confirm/:token', (ctx: RouterContext) => showRegistrationLink(deps, ctx));
    router.post('/sign-up/confirm/:token', (ctx: RouterContext) => submitRegistrationLink(deps, ctx));
  }
  if (deps.selfService.hasMail) {
    router.get('/forgot-password', (ctx: RouterContext) => {
      showForgotPassword(deps, ctx, FORGOT_PASSWORD);
    });
    router.post('/forgot-password', (ctx: RouterContext) => submitForgotPassword(deps, ctx, FORGOT_PASSWORD));
  }
  router.get('/invitation/:token', (ctx: RouterContext) => showInvitation(deps, ctx));
  router.post('/invitation/:token', (ctx: RouterContext) => submitInvitation(deps, ctx));
  return router;
}

/** @see OpenID Connect Initiating User Registration 1.0 */
function signUpAddress(issuer: string): string {
  // Nobody redeems the code, so nobody keeps the verifier.
  const challenge = createHash('sha256').update(randomBytes(32)).digest('base64url');
  const query = new URLSearchParams({
    client_id: ACCOUNT_CLIENT_ID,
    response_type: 'code',
    scope: 'openid',
    redirect_uri: `${issuer}${ACCOUNT_SIGNED_IN_PATH}`,
    code_challenge: challenge,
    code_challenge_method: 'S256',
    prompt: 'create',
  });
  return `${ROUTES.authorization}?${query.toString()}`;
}
