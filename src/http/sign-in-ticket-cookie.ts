import type { Context } from 'koa';
import { SIGN_IN_TICKET_SECONDS } from '../domain/account-links/account-link.js';

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
  const options = {
    path: '/interaction',
    signed: true,
    httpOnly: true,
    sameSite: 'lax',
    secure,
    overwrite: true,
  } as const;
  return {
    give: (ctx, ticket) => {
      ctx.cookies.set(NAME, ticket, { ...options, maxAge: SIGN_IN_TICKET_SECONDS * 1000 });
    },
    read: (ctx) => ctx.cookies.get(NAME, { signed: true }),
    clear: (ctx) => {
      ctx.cookies.set(NAME, null, options);
    },
  };
}
