import type { RouterContext } from '@koa/router';
import type { UpstreamError, UpstreamFault } from '../../domain/upstream/upstream-error.js';
import { requestIdOf } from '../middlewares/request-id.js';
import type { UpstreamFailedView } from '../upstream-view-models.js';
import type { UpstreamDeps } from './upstream-deps.js';

const STATUS: Partial<Record<UpstreamFault, number>> = {
  denied: 400,
  request_invalid: 400,
  unreachable: 502,
  invalid_answer: 502,
};

/** Says in plain words why a sign-in by another provider does not go on, and shows the way on. */
export function showFailure(
  deps: Pick<UpstreamDeps, 'pages' | 'logger'>,
  ctx: RouterContext,
  error: UpstreamError,
  about: {
    readonly providerName: string;
    readonly backUri?: string | undefined;
    readonly back?: UpstreamFailedView['back'];
    readonly uiLocales?: string | undefined;
    readonly display?: string | undefined;
  },
): void {
  const { providerName, backUri, back, uiLocales, display } = about;
  const reference = requestIdOf(ctx);
  deps.logger.warn('sign-in by another provider failed', {
    requestId: reference,
    errorCode: error.fault,
    errorDetail: error.message,
  });
  deps.pages.show(
    ctx,
    'upstream-failed',
    { providerName, fault: error.fault, reference, backUri, back },
    { status: STATUS[error.fault] ?? 403, uiLocales, display },
  );
}
