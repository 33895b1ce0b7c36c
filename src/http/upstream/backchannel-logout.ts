import type { RouterContext } from '@koa/router';
import { DomainError } from '../../domain/errors.js';
import { endUpstreamSessions } from '../../domain/upstream/end-upstream-sessions.js';
import type { IdentityProvider } from '../../domain/upstream/identity-provider.js';
import { UpstreamError } from '../../domain/upstream/upstream-error.js';
import { readForm } from '../form-body.js';
import { originOf } from '../middlewares/audit-origin.js';
import { requestIdOf } from '../middlewares/request-id.js';
import type { UpstreamDeps } from './upstream-deps.js';

/**
 * Takes the logout token of another provider, and ends the sessions here that came from what it names.
 * @see OpenID Connect Back-Channel Logout 1.0 §2.5, §2.6, §2.8
 */
export async function answerBackchannelLogout(
  deps: UpstreamDeps,
  ctx: RouterContext,
  provider: IdentityProvider,
): Promise<void> {
  ctx.set('Cache-Control', 'no-store');
  const { logger, readLogoutToken, unitsOfWork } = deps;
  const requestId = requestIdOf(ctx);
  try {
    const logout = await readLogoutToken(provider, await tokenIn(ctx));
    const unitOfWork = unitsOfWork.from(originOf(ctx));
    const count = await endUpstreamSessions({ ...deps, unitOfWork }, provider, logout);
    logger.info('signed out by another provider', { requestId, issuer: provider.issuer, count });
    ctx.status = 200;
    ctx.body = '';
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    logger.warn('logout token refused', {
      requestId,
      issuer: provider.issuer,
      errorCode: error.fault,
      errorDetail: error.message,
    });
    ctx.status = 400;
    ctx.body = { error: 'invalid_request', error_description: error.message };
  }
}

/** @throws {UpstreamError} `request_invalid` for what is no such form */
async function tokenIn(ctx: RouterContext): Promise<string> {
  try {
    return (await readForm(ctx)).get('logout_token') ?? '';
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw new UpstreamError('request_invalid', error.message, { cause: error });
  }
}
