import Router from '@koa/router';
import type { AccountDeps } from './account-deps.js';
import { createEmailAccountRouter, type EmailAccountDeps } from './email-router.js';
import type { HomeAccountDeps } from './home-account-deps.js';
import { createHomeAccountRouter } from './home-router.js';
import { createLinkedAccountsAccountRouter, type LinkedAccountsDeps } from './linked-accounts-router.js';
import type { PasskeysAccountDeps } from './passkeys-account-deps.js';
import { createPasskeysAccountRouter } from './passkeys-router.js';
import { createRequestsAccountRouter, type RequestsAccountDeps } from './requests-router.js';
import { createRecoveryCodesAccountRouter } from './recovery-codes-router.js';
import { createTotpAccountRouter, type FactorAccountDeps } from './totp-router.js';

/** What the pages below `/account` are made with, each area its own. */
export interface AccountRouterDeps
  extends
    AccountDeps,
    HomeAccountDeps,
    FactorAccountDeps,
    PasskeysAccountDeps,
    EmailAccountDeps,
    RequestsAccountDeps,
    LinkedAccountsDeps {}

/** The pages on which people see and change what is theirs, one router for each area. */
export function createAccountRouter(deps: AccountRouterDeps): Router {
  const router = new Router();
  router.use(createHomeAccountRouter(deps).routes());
  router.use(createEmailAccountRouter(deps).routes());
  router.use(createTotpAccountRouter(deps).routes());
  router.use(createRecoveryCodesAccountRouter(deps).routes());
  router.use(createPasskeysAccountRouter(deps).routes());
  router.use(createLinkedAccountsAccountRouter(deps).routes());
  router.use(createRequestsAccountRouter(deps).routes());
  return router;
}
