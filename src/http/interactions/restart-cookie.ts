import type { Context } from 'koa';
import { createAddressCookie } from '../address-cookie.js';

const NAME = 'latchkey_restart';
/** Seconds; longer than any interaction, so that an expired one can still begin again. */
const LIFETIME = 24 * 60 * 60;

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
  const at = (path: string) => createAddressCookie({ name: NAME, path, seconds: LIFETIME, secure });
  return {
    remember: (ctx, uid, restartPath) => {
      at(`/interaction/${uid}`).remember(ctx, restartPath);
    },
    recall: at('/interaction').recall,
  };
}
