import type { Context } from 'koa';
import { createSignedCookie, type SignedCookieSettings } from './signed-cookie.js';

/** Browsers drop cookies of more than 4096 bytes. */
const MAX_LENGTH = 3_000;

/** An address of this server that a browser keeps for itself; one that is too long for a cookie is not kept. */
export interface AddressCookie {
  readonly remember: (ctx: Context, address: string) => void;
  readonly recall: (ctx: Context) => string | undefined;
  readonly forget: (ctx: Context) => void;
}

/** Makes a cookie for an address by its settings. */
export function createAddressCookie(settings: SignedCookieSettings): AddressCookie {
  const cookie = createSignedCookie(settings);
  return {
    remember: (ctx, address) => {
      const value = Buffer.from(address).toString('base64url');
      if (value.length <= MAX_LENGTH) cookie.set(ctx, value);
    },
    recall: (ctx) => {
      const value = cookie.get(ctx);
      return value === undefined ? undefined : Buffer.from(value, 'base64url').toString();
    },
    forget: cookie.clear,
  };
}
