import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Middleware } from 'koa';
import { DOCS_PAGE, startScript } from './docs-page.js';

/** Files of Swagger UI that the page needs; no other file of the package is served. */
const PACKAGE_FILES = [
  'swagger-ui.css',
  'swagger-ui-bundle.js',
  'favicon-32x32.png',
  'oauth2-redirect.html',
  'oauth2-redirect.js',
];

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
};

/** Scripts and requests stay on this server; Swagger UI sets styles on elements and carries its icons in data URLs. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

interface DocsFile {
  readonly type: string;
  readonly body: Buffer;
  readonly etag: string;
}

/**
 * Serves the documentation page and what it needs, from memory once somebody has asked for it: it is more than a megabyte.
 * @param mount where it stands, without a slash at the end
 * @param options.signIn whether the page has a client of its own by which people sign in
 */
export function docsFiles(mount: string, issuer: string, options: { readonly signIn: boolean }): Middleware {
  const files = new Map<string, DocsFile>([
    [`${mount}/`, toFile('.html', Buffer.from(DOCS_PAGE))],
    [`${mount}/start.js`, toFile('.js', Buffer.from(startScript(issuer, options)))],
  ]);
  const folder = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const names = new Map(PACKAGE_FILES.map((name) => [`${mount}/${name}`, name]));
  const find = (asked: string): DocsFile | undefined => {
    const name = names.get(asked);
    if (name !== undefined && !files.has(asked)) {
      files.set(asked, toFile(path.extname(name), readFileSync(path.join(folder, name))));
    }
    return files.get(asked);
  };

  return async (ctx, next) => {
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') {
      await next();
      return;
    }
    if (ctx.path === mount) {
      ctx.status = 308;
      ctx.redirect(`${mount}/`);
      return;
    }
    const file = find(ctx.path);
    if (!file) {
      await next();
      return;
    }
    ctx.set('Content-Security-Policy', CONTENT_SECURITY_POLICY);
    ctx.set('Cache-Control', 'no-cache');
    ctx.set('ETag', file.etag);
    ctx.status = 200;
    ctx.type = file.type;
    if (ctx.fresh) ctx.status = 304;
    else ctx.body = file.body;
  };
}

function toFile(extension: string, body: Buffer): DocsFile {
  const digest = createHash('sha256').update(body).digest('base64url').slice(0, 22);
  return { type: TYPES[extension] ?? 'application/octet-stream', body, etag: `"${digest}"` };
}
