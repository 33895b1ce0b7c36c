import type { Context } from 'koa';
import { SIGN_IN_TICKET_SECONDS } from '../domain/account-links/account-link.js';
import { createSignedCookie } from './signed-cookie.js';

const NAME = 'latchkey_sign_in_ticket';

/** Keeps the ticket of a link to sign in where only this browser has it, and only the pages of interactions get it. */
export interface SignInTicketCookie {
  give(ctx: Context, ticket: string): void;
  /** @returns the ticket, when this browser has one that was given by this server */
  read(ctx: Context): string | undefined;
  clear(ctx: Context): void;
}

/** @param secure whether the issuer is served over https */
export function createSignInTicketCookie(secure: boolean): SignInTicketCookie {
  const cookie = createSignedCookie({
    name: NAME,
    path: '/interaction',
    seconds: SIGN_IN_TICKET_SECONDS,
    secure,
  });
  return { give: cookie.set, read: cookie.get, clear: cookie.clear };
}
