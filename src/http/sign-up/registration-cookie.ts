import type { Context } from 'koa';
import { REGISTRATION_SECONDS } from '../../domain/registrations/registration.js';

const NAME = 'latchkey_registration';

/** Keeps the secret of a registration where only the browser has it in which it began. */
export interface RegistrationCookie {
  give(ctx: Context, browserToken: string): void;
  /** @returns the secret, when this browser has one that was given by this server */
  read(ctx: Context): string | undefined;
  clear(ctx: Context): void;
}

/** @param secure whether the issuer is served over https */
export function createRegistrationCookie(secure: boolean): RegistrationCookie {
  const options = {
    // Also the page of the mail's link gets it, which is below no interaction.
    path: '/',
    signed: true,
    httpOnly: true,
    sameSite: 'lax',
    secure,
    overwrite: true,
  } as const;
  return {
    give: (ctx, browserToken) => {
      ctx.cookies.set(NAME, browserToken, { ...options, maxAge: REGISTRATION_SECONDS * 1000 });
    },
    read: (ctx) => ctx.cookies.get(NAME, { signed: true }),
    clear: (ctx) => {
      ctx.cookies.set(NAME, null, options);
    },
  };
}
