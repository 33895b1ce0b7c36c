import Router, { type RouterContext } from '@koa/router';
import { ACCOUNT_PATH, ACCOUNT_SIGNED_IN_PATH } from '../../domain/clients/account-client.js';
import { ACTIVITY_PATH, showActivity } from './activity.js';
import { APPS_PATH, showApps, submitApps } from './apps.js';
import { comeBack } from './come-back.js';
import { DATA_PATH, showData, submitData } from './data.js';
import { DELETION_PATH, showDeletion, submitDeletion } from './deletion.js';
import type { HomeAccountDeps } from './home-account-deps.js';
import { showOverview } from './overview.js';
import { PASSWORD_PATH, showPassword, submitPassword } from './password.js';
import { PROFILE_PATH, showProfile, submitProfile } from './profile.js';
import { SESSIONS_PATH, showSessions, submitSessions } from './sessions.js';

/** The pages of the account that no other part of the program brings along. Each form posts to its page's own address. */
export function createHomeAccountRouter(deps: HomeAccountDeps): Router {
  const router = new Router();
  const page =
    (handle: (deps: HomeAccountDeps, ctx: RouterContext) => Promise<void>) =>
    (ctx: RouterContext): Promise<void> =>
      handle(deps, ctx);

  router.get(ACCOUNT_SIGNED_IN_PATH, (ctx: RouterContext) => {
    comeBack(deps, ctx);
  });
  router.get(ACCOUNT_PATH, page(showOverview));
  router.get(PROFILE_PATH, page(showProfile));
  router.post(PROFILE_PATH, page(submitProfile));
  router.get(PASSWORD_PATH, page(showPassword));
  router.post(PASSWORD_PATH, page(submitPassword));
  router.get(SESSIONS_PATH, page(showSessions));
  router.post(SESSIONS_PATH, page(submitSessions));
  router.get(APPS_PATH, page(showApps));
  router.post(APPS_PATH, page(submitApps));
  router.get(ACTIVITY_PATH, page(showActivity));
  router.get(DATA_PATH, page(showData));
  router.post(DATA_PATH, page(submitData));
  router.get(DELETION_PATH, page(showDeletion));
  router.post(DELETION_PATH, page(submitDeletion));
  return router;
}
