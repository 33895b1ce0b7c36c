import type { Context } from 'koa';
import { REGISTRATION_SECONDS } from '../../domain/registrations/registration.js';
import { createSignedCookie } from '../signed-cookie.js';

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
  // Also the page of the mail's link gets it, which is below no interaction.
  const cookie = createSignedCookie({ name: NAME, path: '/', seconds: REGISTRATION_SECONDS, secure });
  return { give: cookie.set, read: cookie.get, clear: cookie.clear };
}
