import Router, { type RouterContext } from '@koa/router';
import type { ClientLogoStore } from '../domain/branding/client-logo-store.js';
import { IMAGE_POLICY } from './middlewares/security-headers.js';

/** Address of a logo: it says the content, so that browsers keep it for good. */
export function logoPath({ hash }: { readonly hash: string }): string {
  return `/logos/${hash}`;
}

/** Serves the logos of clients from this origin: pages load nothing from elsewhere. */
export function createLogoRouter({
  clientLogos,
}: {
  readonly clientLogos: Pick<ClientLogoStore, 'read'>;
}): Router {
  const router = new Router();
  router.get('/logos/:hash', async (ctx: RouterContext) => {
    const { hash = '' } = ctx.params as { readonly hash?: string };
    const image = /^[0-9a-f]{64}$/.test(hash) ? await clientLogos.read(hash) : undefined;
    if (!image) return;
    ctx.status = 200;
    ctx.type = image.type;
    ctx.set('ETag', `"${hash}"`);
    ctx.set('Cache-Control', 'public, max-age=31536000, immutable');
    ctx.set('Content-Security-Policy', IMAGE_POLICY);
    if (ctx.fresh) ctx.status = 304;
    else ctx.body = Buffer.from(image.bytes);
  });
  return router;
}
