import type { Context } from 'koa';
import type { Csrf } from './middlewares/csrf.js';

/** Where the menu of languages posts to; also the purpose of its token. */
export const LANGUAGE_FORM = '/language';

const MAX_ADDRESS = 2_000;

/** The menu of languages at the foot of a page: posts `locale` and `return`. */
export interface LanguageMenu {
  readonly action: string;
  readonly csrf: string;
  /** Address of the page itself, relative to this server. */
  readonly returnTo: string;
  readonly languages: readonly { readonly tag: string; readonly name: string }[];
}

/** Makes the menu for the page that answers a request. */
export function createLanguageMenu(
  csrf: Pick<Csrf, 'token'>,
  languages: readonly string[],
): (ctx: Pick<Context, 'originalUrl'>) => LanguageMenu {
  const entries = languages.map((tag) => ({ tag, name: languageName(tag) }));
  return ({ originalUrl }) => ({
    action: LANGUAGE_FORM,
    csrf: csrf.token(LANGUAGE_FORM),
    returnTo: originalUrl.length > MAX_ADDRESS ? '/' : originalUrl,
    languages: entries,
  });
}

/** What the speakers of a language call it. */
export function languageName(tag: string): string {
  const name = new Intl.DisplayNames([tag], { type: 'language', fallback: 'code' }).of(tag) ?? tag;
  return name.charAt(0).toLocaleUpperCase(tag) + name.slice(1);
}
