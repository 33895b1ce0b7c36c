import type { Context } from 'koa';
import type { DeviceFault, PageClient, PageContext, ProtocolPages } from '../provider/protocol-pages.js';
import { requestIdOf } from './middlewares/request-id.js';
import { showPagesFor } from './page-client.js';
import type { Pages } from './pages.js';
import type { UpstreamButton } from './upstream-view-models.js';
import type { DeviceCodeFault, ErrorKind, ErrorView } from './protocol-view-models.js';

const ERROR_KINDS: Readonly<Record<string, ErrorKind>> = {
  access_denied: 'access_denied',
  invalid_client: 'unknown_client',
  invalid_redirect_uri: 'invalid_redirect_uri',
  server_error: 'server_error',
  temporarily_unavailable: 'unavailable',
};

const DEVICE_FAULTS: Readonly<Record<Exclude<DeviceFault, 'aborted'>, DeviceCodeFault>> = {
  missing: 'user_code_missing',
  invalid: 'user_code_invalid',
  form_rejected: 'form_rejected',
};

/** A user code of the right shape. @see RFC 8628 §6.1 */
const USER_CODE_EXAMPLE = 'WDJB-MJHT';

/**
 * Draws the pages that the protocol asks for.
 * @param options.forDevelopers whether error pages tell what developers of an app need to know
 */
export function createProtocolPages(
  pages: Pages,
  options: {
    readonly forDevelopers: boolean;
    /** Where the person may still be signed in after signing out here. */
    readonly upstreamOf?: (ctx: Context) => UpstreamButton | undefined;
  },
): ProtocolPages {
  return {
    error(ctx, problem) {
      const { client, error } = problem;
      const model: ErrorView = {
        kind: ERROR_KINDS[error] ?? 'invalid_request',
        reference: requestIdOf(ctx),
        backUri: client?.initiateLoginUri ?? client?.uri,
        backLabel: client?.name,
        details: options.forDevelopers
          ? [
              { label: 'error', value: error },
              ...(problem.detail === undefined
                ? []
                : [{ label: 'error_description', value: problem.detail }]),
              ...(client ? [{ label: 'client_id', value: client.clientId }] : []),
              ...(problem.explanation ?? []).map(({ label, value }) => ({ label, value })),
            ]
          : undefined,
      };
      pages.show(plain(ctx, client), 'error', model, { status: ctx.status });
    },
    logout(ctx, { action, xsrf, client, account }) {
      pages.show(plain(ctx, client), 'logout', {
        action,
        xsrf,
        clientName: client?.name,
        account: account === undefined ? undefined : { label: account },
      });
    },
    loggedOut(ctx, { client, account }) {
      pages.show(plain(ctx, client), 'logout-done', {
        clientName: client?.name,
        clientUri: client?.uri,
        ...(account === undefined
          ? { upstream: options.upstreamOf?.(plain(ctx)) }
          : { account: { label: account } }),
      });
    },
    deviceCode(ctx, { action, xsrf, userCode, fault }) {
      if (fault === 'aborted') {
        pages.show(plain(ctx), 'device-done', { outcome: 'denied' });
        return;
      }
      pages.show(
        plain(ctx),
        'device-code',
        { action, xsrf, userCode, example: USER_CODE_EXAMPLE, fault: fault && DEVICE_FAULTS[fault] },
        { status: fault === undefined ? 200 : 422 },
      );
    },
    deviceConfirm(ctx, { action, xsrf, userCode, client, device }) {
      pages.show(plain(ctx, client), 'device-confirm', {
        action,
        xsrf,
        userCode,
        clientName: client?.name ?? '',
        device,
      });
    },
    deviceDone(ctx, { client }) {
      pages.show(plain(ctx, client), 'device-done', { outcome: 'allowed', clientName: client?.name });
    },
  };
}

/** The library's context is a Koa context with more on it; its page looks as the client wants. */
function plain(ctx: PageContext, client?: PageClient): Context {
  showPagesFor(ctx, client);
  return ctx;
}
