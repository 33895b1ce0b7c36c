import type { Middleware } from 'koa';
import type { StaticAssets } from '../static-assets.js';
import { noteRoute } from './route-template.js';
import { IMAGE_POLICY } from './security-headers.js';

/** Serves the files of the hosted pages from memory. */
export function staticFiles(assets: StaticAssets): Middleware {
  return (ctx, next) => {
    const asset = ctx.method === 'GET' || ctx.method === 'HEAD' ? assets.serve(ctx.url) : undefined;
    if (!asset) return next();
    noteRoute(ctx, 'static');
    ctx.status = 200;
    ctx.type = asset.type;
    ctx.set('ETag', asset.etag);
    ctx.set('Cache-Control', asset.cacheControl);
    if (asset.type === 'image/svg+xml') ctx.set('Content-Security-Policy', IMAGE_POLICY);
    if (ctx.fresh) ctx.status = 304;
    else ctx.body = asset.body;
    return Promise.resolve();
  };
}
