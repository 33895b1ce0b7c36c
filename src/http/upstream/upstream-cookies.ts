import { createHash } from 'node:crypto';
import type { Context } from 'koa';
import { SIGN_OUT_SECONDS } from '../../domain/upstream/sign-out-ticket.js';
import { UPSTREAM_SECONDS } from '../../domain/upstream/upstream-request.js';

/** A secret of one browser, kept under the path that needs it. */
interface SecretCookie {
  give(ctx: Context, path: string, secret: string): void;
  read(ctx: Context): string | undefined;
  clear(ctx: Context, path: string): void;
}

/** What this browser keeps while somebody signs in by another provider. */
export interface UpstreamCookies {
  /** Binds the request with this state to the browser; several tabs do not mix. */
  request(state: string): SecretCookie;
  /** Stands for the identity that a provider vouched for. */
  readonly identity: SecretCookie;
  /** Stands for the identity that is linked once the account is proved. */
  readonly pendingLink: SecretCookie;
  /** Has the ID token used when the person signs out there. */
  readonly signOut: SecretCookie;
  /** The state with which the person comes back from signing out there. */
  readonly signOutState: SecretCookie;
  /** The provider by which the person signed in last. */
  readonly lastProvider: SecretCookie;
}

/** @param secure whether the issuer is served over https */
export function createUpstreamCookies(secure: boolean): UpstreamCookies {
  const base = { signed: true, httpOnly: true, sameSite: 'lax', secure, overwrite: true } as const;
  const cookie = (name: string, seconds = UPSTREAM_SECONDS): SecretCookie => ({
    give: (ctx, path, secret) => {
      ctx.cookies.set(name, secret, { ...base, path, maxAge: seconds * 1000 });
    },
    read: (ctx) => ctx.cookies.get(name, { signed: true }),
    clear: (ctx, path) => {
      ctx.cookies.set(name, null, { ...base, path });
    },
  });
  return {
    request: (state) =>
      cookie(`latchkey_upstream_${createHash('sha256').update(state).digest('hex').slice(0, 12)}`),
    identity: cookie('latchkey_upstream_identity'),
    pendingLink: cookie('latchkey_upstream_link'),
    signOut: cookie('latchkey_upstream_sign_out', SIGN_OUT_SECONDS),
    signOutState: cookie('latchkey_upstream_sign_out_state'),
    lastProvider: cookie('latchkey_upstream_provider', SIGN_OUT_SECONDS),
  };
}
