import Router, { type RouterContext } from '@koa/router';
import type { Pages } from './pages.js';

export interface HomeDeps {
  readonly issuer: string;
  readonly pages: Pages;
  /** Present in development: the page tells what to do next. */
  readonly administratorExists: (() => Promise<boolean>) | undefined;
}

/** What stands at the issuer's own address. */
export function createHomeRouter({ issuer, pages, administratorExists }: HomeDeps): Router {
  const router = new Router();
  router.get('/', async (ctx: RouterContext) => {
    pages.show(ctx, 'home', {
      issuer,
      discoveryUri: `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
      development: administratorExists && { administratorExists: await administratorExists() },
    });
  });
  return router;
}
