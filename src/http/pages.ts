import type { Context } from 'koa';
import { negotiateLocale } from './locale.js';
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
}

/** Pages in the language that the relying party or the browser asks for, never stored by anybody on the way. */
export function createPages(views: PageViews): Pages {
  return {
    show(ctx, name, model, { status = 200, uiLocales, display } = {}) {
      const asked = uiLocales ?? queryText(ctx, 'ui_locales');
      const locale = negotiateLocale({ uiLocales: asked, acceptLanguage: ctx.get('accept-language') });
      const body = views.render(locale, name, model, { display: display === 'popup' ? 'popup' : 'page' });
      ctx.status = status;
      ctx.type = 'text/html; charset=utf-8';
      ctx.set('Cache-Control', 'no-store');
      ctx.set('Content-Language', locale.tag);
      ctx.vary('Accept-Language');
      ctx.body = body;
    },
  };
}

function queryText(ctx: Context, name: string): string | undefined {
  const value = ctx.query[name];
  return typeof value === 'string' ? value : undefined;
}
