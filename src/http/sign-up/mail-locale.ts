import type { Context } from 'koa';
import { chosenLocale } from '../locale-cookie.js';
import { negotiateLocale } from '../locale.js';

/**
 * The language of the page from which a mail is asked for, as `Pages` chooses it.
 * @param uiLocales the relying party's wish
 */
export function mailLocale(ctx: Context, uiLocales?: string): string {
  const choice = chosenLocale(ctx, new Date());
  const { tag } = negotiateLocale({
    chosen: choice?.fresh === true ? choice.tag : undefined,
    uiLocales,
    cookie: choice?.tag,
    acceptLanguage: ctx.get('accept-language'),
  });
  return tag;
}
