import type { Context } from 'koa';

const NAME = 'latchkey_locale';
const YEAR_SECONDS = 365 * 24 * 60 * 60;

/**
 * Seconds for which a language that a person has just chosen wins over the wish of an app: as long as the sign-in that
 * they are in. After that it stands between the app's wish and the browser's.
 */
const FRESH_SECONDS = 60 * 60;

/** The language that a person chose by the menu of the pages. */
export interface ChosenLocale {
  readonly tag: string;
  readonly fresh: boolean;
}

/** Keeps the chosen language in the browser: it says nothing about anybody, so it is neither signed nor sealed. */
export function rememberLocale(
  ctx: Context,
  tag: string,
  { now, secure }: { readonly now: Date; readonly secure: boolean },
): void {
  ctx.cookies.set(NAME, `${tag}.${Math.floor(now.getTime() / 1000)}`, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure,
    signed: false,
    overwrite: true,
    maxAge: YEAR_SECONDS * 1000,
  });
}

/** @returns undefined where nothing was chosen, and for what no page of ours has set */
export function chosenLocale(ctx: Context, now: Date): ChosenLocale | undefined {
  const value = ctx.cookies.get(NAME, { signed: false });
  const [, tag, seconds] = /^([A-Za-z0-9-]{2,35})\.(\d{1,12})$/.exec(value ?? '') ?? [];
  if (tag === undefined || seconds === undefined) return undefined;
  const age = now.getTime() / 1000 - Number(seconds);
  return { tag, fresh: age >= -60 && age < FRESH_SECONDS };
}
