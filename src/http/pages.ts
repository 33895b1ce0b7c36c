import type { Context } from 'koa';
import type { Clock } from '../domain/clock.js';
import type { LanguageMenu } from './language-menu.js';
import { chosenLocale } from './locale-cookie.js';
import { negotiateLocale, type Locale } from './locale.js';
import { shownClient } from './page-client.js';
import type { Views } from './view-models.js';
import type { PageViews } from './views.js';

export interface PageSettings {
  /** Default: 200. */
  readonly status?: number;
  /** The relying party's wish. @see OpenID Connect Core 1.0 §3.1.2.1 */
  readonly uiLocales?: string | undefined;
  readonly display?: string | undefined;
}

/** Answers requests with hosted pages. */
export interface Pages {
  show<Name extends keyof Views>(ctx: Context, name: Name, model: Views[Name], settings?: PageSettings): void;
  /** The language in which `show` would answer. @returns its BCP 47 tag */
  languageOf(ctx: Context, settings?: Pick<PageSettings, 'uiLocales'>): string;
}

/**
 * Pages in the language that the person chose, or that the relying party or the browser asks for, never stored by
 * anybody on the way.
 * @param menu makes the menu of languages; absent: pages have none
 */
export function createPages(
  views: PageViews,
  menu?: (ctx: Context) => LanguageMenu,
  clock: Clock = { now: () => new Date() },
): Pages {
  const localeOf = (ctx: Context, uiLocales: string | undefined): Locale => {
    const choice = chosenLocale(ctx, clock.now());
    return negotiateLocale(
      {
        chosen: choice?.fresh === true ? choice.tag : undefined,
        uiLocales: uiLocales ?? queryText(ctx, 'ui_locales'),
        cookie: choice?.tag,
        acceptLanguage: ctx.get('accept-language'),
      },
      views.languages,
    );
  };
  return {
    languageOf: (ctx, { uiLocales } = {}) => localeOf(ctx, uiLocales).tag,
    show(ctx, name, model, { status = 200, uiLocales, display } = {}) {
      const locale = localeOf(ctx, uiLocales);
      const body = views.render(locale, name, model, {
        display: display === 'popup' ? 'popup' : 'page',
        client: shownClient(ctx),
        languageMenu: PASSING_PAGES.includes(name) ? undefined : menu?.(ctx),
      });
      ctx.status = status;
      ctx.type = 'text/html; charset=utf-8';
      ctx.set('Cache-Control', 'no-store');
      ctx.set('Content-Language', locale.tag);
      ctx.vary('Accept-Language');
      ctx.body = body;
    },
  };
}

/** Pages that a browser leaves by itself. */
const PASSING_PAGES: readonly (keyof Views)[] = ['continue', 'form-post'];

function queryText(ctx: Context, name: string): string | undefined {
  const value = ctx.query[name];
  return typeof value === 'string' ? value : undefined;
}
