import type { Context } from 'koa';
import { ACCOUNT_LINK_KINDS } from '../../domain/account-links/account-link.js';
import { createAddressCookie } from '../address-cookie.js';

const NAME = 'latchkey_way_back';
/** Seconds: a link lives for half an hour, and choosing a password takes its time. */
const LIFETIME = 60 * 60;

/** Keeps, in the browser itself, where the sign-in began that somebody left because the password was forgotten. */
export interface WayBackCookie {
  remember(ctx: Context, restartPath: string): void;
  /** @returns the address of the request, relative to the issuer */
  recall(ctx: Context): string | undefined;
}

/** @param secure whether the issuer is served over https */
export function createWayBackCookie(secure: boolean): WayBackCookie {
  return createAddressCookie({
    name: NAME,
    path: ACCOUNT_LINK_KINDS.password_reset.path,
    seconds: LIFETIME,
    secure,
  });
}
