import type { Context } from 'koa';

/** A value that this server keeps in a browser, signed so that nobody else makes one, and out of reach of scripts. */
export interface SignedCookie {
  readonly set: (ctx: Context, value: string) => void;
  /** @returns the value, when this browser has one that was given by this server */
  readonly get: (ctx: Context) => string | undefined;
  readonly clear: (ctx: Context) => void;
}

export interface SignedCookieSettings {
  readonly name: string;
  /** Below which the browser sends it. */
  readonly path: string;
  /** How long the browser keeps it. */
  readonly seconds: number;
  /** Whether the issuer is served over https. */
  readonly secure: boolean;
}

/** Makes a cookie by its settings. */
export function createSignedCookie({ name, path, seconds, secure }: SignedCookieSettings): SignedCookie {
  const options = { path, signed: true, httpOnly: true, sameSite: 'lax', secure, overwrite: true } as const;
  return {
    set: (ctx, value) => {
      ctx.cookies.set(name, value, { ...options, maxAge: seconds * 1000 });
    },
    get: (ctx) => ctx.cookies.get(name, { signed: true }),
    clear: (ctx) => {
      ctx.cookies.set(name, null, options);
    },
  };
}
