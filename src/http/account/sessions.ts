import type { RouterContext } from '@koa/router';
import { DomainError } from '../../domain/errors.js';
import { endSession } from '../../domain/sessions/end-session.js';
import { listSessions } from '../../domain/sessions/list-sessions.js';
import type { Session } from '../../domain/sessions/session.js';
import { signOutOthers } from '../../domain/sessions/sign-out-others.js';
import { requestIdOf } from '../middlewares/request-id.js';
import { accountForm, accountPage, checkedAccountForm, goOn, ownUnitOfWork } from './account-page.js';
import { deviceName } from './device-name.js';
import type { HomeAccountDeps } from './home-account-deps.js';

export const SESSIONS_PATH = '/account/sessions';

/** More are not shown; "sign out all others" ends them too. */
const MOST_SHOWN = 100;

/** Where somebody is signed in with the account. */
export async function showSessions(deps: HomeAccountDeps, ctx: RouterContext): Promise<void> {
  const signedIn = await deps.signedIn.require(ctx);
  if (!signedIn) return;
  const { sessions } = await listSessions(deps, { accountId: signedIn.account.id, limit: MOST_SHOWN });
  const isThis = ({ id }: Session): boolean => id === signedIn.session.id;
  deps.pages.show(ctx, 'account-sessions', {
    ...accountPage(ctx, signedIn),
    ...accountForm(deps, SESSIONS_PATH, signedIn),
    sessions: [...sessions.filter(isThis), ...sessions.filter((session) => !isThis(session))].map(
      (session) => ({
        id: session.id,
        isThis: isThis(session),
        ...deviceName(session.device?.userAgent),
        network: session.device?.network,
        signedInAt: session.signedInAt?.toISOString(),
        seenAt: session.device?.seenAt.toISOString(),
      }),
    ),
  });
}

/** Ends one session, or all but this one. */
export async function submitSessions(deps: HomeAccountDeps, ctx: RouterContext): Promise<void> {
  const signedIn = await deps.signedIn.require(ctx);
  if (!signedIn) return;
  const form = await checkedAccountForm(deps, ctx, signedIn);
  const unitOfWork = ownUnitOfWork(deps, ctx, signedIn);
  const accountId = signedIn.account.id;
  const sessionId = form.get('session');
  if (form.get('others') === '1') {
    await signOutOthers({ unitOfWork }, { accountId, keptSessionId: signedIn.session.id });
    deps.logger.info('other sessions ended', { requestId: requestIdOf(ctx), accountId });
    goOn(ctx, SESSIONS_PATH, 'others_ended');
    return;
  }
  // The one in use ends by signing out, which tells the apps.
  if (sessionId === undefined || sessionId === signedIn.session.id) {
    goOn(ctx, SESSIONS_PATH);
    return;
  }
  try {
    await endSession({ unitOfWork }, { sessionId, accountId, forgetBrowsers: true });
    deps.logger.info('session ended', { requestId: requestIdOf(ctx), accountId });
  } catch (error) {
    // It has ended meanwhile, which is what was asked for.
    if (!(error instanceof DomainError && error.code === 'not_found')) throw error;
  }
  goOn(ctx, SESSIONS_PATH, 'session_ended');
}
