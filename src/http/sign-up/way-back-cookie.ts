import type { Context } from 'koa';
import { ACCOUNT_LINK_KINDS } from '../../domain/account-links/account-link.js';

const NAME = 'latchkey_way_back';
/** Seconds: a link lives for half an hour, and choosing a password takes its time. */
const LIFETIME = 60 * 60;
/** Browsers drop cookies of more than 4096 bytes. */
const MAX_LENGTH = 3_000;

/** Keeps, in the browser itself, where the sign-in began that somebody left because the password was forgotten. */
export interface WayBackCookie {
  remember(ctx: Context, restartPath: string): void;
  /** @returns the address of the request, relative to the issuer */
  recall(ctx: Context): string | undefined;
}

/** @param secure whether the issuer is served over https */
export function createWayBackCookie(secure: boolean): WayBackCookie {
  return {
    remember(ctx, restartPath) {
      const value = Buffer.from(restartPath).toString('base64url');
      if (value.length > MAX_LENGTH) return;
      ctx.cookies.set(NAME, value, {
        path: ACCOUNT_LINK_KINDS.password_reset.path,
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
