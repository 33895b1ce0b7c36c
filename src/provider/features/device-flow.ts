import type { Configuration } from 'oidc-provider';
import { toPageClient, type DeviceFault, type ProtocolPages } from '../protocol-pages.js';
import { xsrfOf } from './rp-initiated-logout.js';

type Feature = NonNullable<NonNullable<Configuration['features']>['deviceFlow']>;

/**
 * Sign-in for devices without a browser. User codes have eight letters that cannot be misread, in two groups.
 * @see RFC 8628, §6.1 on the alphabet
 */
export function deviceFlow(enabled: boolean, pages: ProtocolPages): Feature {
  return {
    enabled,
    charset: 'base-20',
    mask: '****-****',
    deviceInfo: (ctx) => ({ ip: ctx.ip, ua: ctx.get('user-agent') }),
    userCodeInputSource: (ctx, _form, out, error) => {
      const { session } = ctx.oidc;
      if (error && session && !Number.isInteger(session.exp)) {
        // The form was sent without a session, or after its end. The library would write down one that it never stored,
        // and fail: the form begins anew instead, which makes one.
        Object.assign(session, { touched: false });
        ctx.status = 303;
        ctx.redirect(ctx.oidc.urlFor('code_verification'));
        return;
      }
      pages.deviceCode(ctx, {
        action: ctx.oidc.urlFor('code_verification'),
        xsrf: xsrfOf(ctx),
        userCode: error && 'userCode' in error && typeof error.userCode === 'string' ? error.userCode : '',
        fault: out || error ? faultOf(error) : undefined,
      });
    },
    userCodeConfirmSource: (ctx, _form, client, deviceInfo, userCode) => {
      pages.deviceConfirm(ctx, {
        action: ctx.oidc.urlFor('code_verification'),
        xsrf: xsrfOf(ctx),
        userCode,
        client: toPageClient(client),
        device: { ip: text(deviceInfo['ip']), userAgent: text(deviceInfo['ua']) },
      });
    },
    successSource: (ctx) => {
      pages.deviceDone(ctx, { client: toPageClient(ctx.oidc.client) });
    },
  };
}

function faultOf(error: Error | undefined): DeviceFault {
  switch (error?.name) {
    case 'NoCodeError':
      return 'missing';
    case 'AbortedError':
      return 'aborted';
    case 'InvalidRequest':
      return 'form_rejected';
    default:
      return 'invalid';
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
