import type { Context, Middleware, Next } from 'koa';
import type { Pages } from '../pages.js';
import { CONTENT_SECURITY_POLICY } from './security-headers.js';

/** The page that the protocol library writes to post values onwards. */
const LIBRARY_PAGE =
  /^<!DOCTYPE html>[\s\S]*<title>Submitting Callback<\/title>[\s\S]*<form method="post" action="([^"]*)">/;
const LIBRARY_FIELD = /<input type="hidden" name="([^"]*)" value="([^"]*)"\/>/g;

/**
 * Redraws the library's self-posting page as one of ours, which also works without scripts. The form may go to a relying
 * party, and from there anywhere, so this page alone has no `form-action`.
 * @param path of the authorization endpoint; it answers there and below
 * @see OAuth 2.0 Form Post Response Mode §2
 */
export function formPostPage(path: string, pages: Pages): Middleware {
  const redraw = async (ctx: Context, next: Next): Promise<void> => {
    await next();
    if (typeof ctx.body !== 'string') return;
    const action = LIBRARY_PAGE.exec(ctx.body)?.[1];
    if (action === undefined) return;
    const fields = [...ctx.body.matchAll(LIBRARY_FIELD)].map(([, name = '', value = '']) => ({
      name: unescapeHtml(name),
      value: unescapeHtml(value),
    }));
    const { status } = ctx;
    pages.show(ctx, 'form-post', { action: unescapeHtml(action), fields }, { status });
    ctx.set('Content-Security-Policy', withoutFormAction(CONTENT_SECURITY_POLICY));
  };
  return (ctx, next) => (ctx.path.startsWith(path) ? redraw(ctx, next) : next());
}

function withoutFormAction(policy: string): string {
  return policy
    .split('; ')
    .filter((directive) => !directive.startsWith('form-action'))
    .join('; ');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&#x27;': "'",
};

function unescapeHtml(text: string): string {
  return text.replace(/&(?:amp|lt|gt|quot|#39|#x27);/g, (entity) => ENTITIES[entity] ?? entity);
}
