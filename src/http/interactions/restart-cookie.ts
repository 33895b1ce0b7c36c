import type { Context } from 'koa';

const NAME = 'latchkey_restart';
/** Seconds; longer than any interaction, so that an expired one can still begin again. */
const LIFETIME = 24 * 60 * 60;
/** Browsers drop cookies of more than 4096 bytes. */
const MAX_LENGTH = 3_000;

/**
 * Keeps, in the browser itself, where an interaction's request begins, so that a page of an interaction that is over
 * can offer "Start again" and mean it. It stands under the interaction's own path; tabs do not mix.
 */
export interface RestartCookie {
  remember(ctx: Context, uid: string, restartPath: string): void;
  /** @returns the address of the request, relative to the issuer, when this browser has one for the interaction */
  recall(ctx: Context): string | undefined;
}

/** @param secure whether the issuer is served over https */
export function createRestartCookie(secure: boolean): RestartCookie {
  return {
    remember(ctx, uid, restartPath) {
      const value = Buffer.from(restartPath).toString('base64url');
      if (value.length > MAX_LENGTH) return;
      ctx.cookies.set(NAME, value, {
        path: `/interaction/${uid}`,
        signed: true,
        httpOnly: true,
        sameSite: 'lax',
        secure,
        overwrite: true,
        maxAge: LIFETIME * 1000,
      });
    },
    recall(ctx) {
      const value = ctx.cookies.get(NAME, { signed: true });
      return value === undefined ? undefined : Buffer.from(value, 'base64url').toString();
    },
  };
}
