import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLanguageMenu } from '../../src/http/language-menu.js';
import { PAGE_LANGUAGES, toLocale } from '../../src/http/locale.js';
import { createStaticAssets } from '../../src/http/static-assets.js';
import type { Branding } from '../../src/http/theme.js';
import { createViews, findViewsRoot } from '../../src/http/views.js';
import { SAMPLE_PAGES } from './sample-pages.js';

/** The policy of all hosted pages. */
export const CONTENT_SECURITY_POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; " +
  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** Serves sample pages on a loopback port as the product would. */
export interface PageServer {
  /** Address of a sample page; without scripts the same document lacks its script elements. */
  urlOf(id: string, options?: { language?: string; display?: 'page' | 'popup'; scripts?: boolean }): string;
  /** What browsers reported against the Content-Security-Policy since the start. */
  readonly policyReports: string[];
  /** Requests that led to nothing since the start. */
  readonly unknownPaths: string[];
  close(): Promise<void>;
}

/** Starts the server; the caller closes it. */
export async function startPageServer(branding: Branding): Promise<PageServer> {
  const root = findViewsRoot(import.meta.dirname);
  const assets = createStaticAssets({ root, branding });
  const views = createViews({ root, branding, assets, cache: true, pseudo: true });
  const menu = createLanguageMenu({ token: () => 'csrf-token' }, PAGE_LANGUAGES);
  const policyReports: string[] = [];
  const unknownPaths: string[] = [];

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname === '/policy-report') {
      request.setEncoding('utf8').on('data', (text: string) => policyReports.push(text));
      response.writeHead(204).end();
      return;
    }
    // Where the pages lead to; 204 keeps the browser on the page that it has.
    if (['/resume', '/callback'].includes(url.pathname) || request.method === 'POST') {
      response.writeHead(204).end();
      return;
    }
    const asset = assets.serve(request.url ?? '/');
    if (asset) {
      response.writeHead(200, { 'content-type': asset.type, 'cache-control': asset.cacheControl });
      response.end(asset.body);
      return;
    }
    const [, language = 'en', id] = url.pathname.split('/');
    const sample = SAMPLE_PAGES.find((candidate) => candidate.id === id);
    if (!sample) {
      unknownPaths.push(url.pathname);
      response.writeHead(404).end();
      return;
    }
    const display = url.searchParams.get('display') === 'popup' ? 'popup' : 'page';
    const html = views.render(toLocale(language), sample.name, sample.model, {
      display,
      languageMenu: menu({ originalUrl: url.pathname }),
    });
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `${CONTENT_SECURITY_POLICY}; report-uri /policy-report`,
      'cache-control': 'no-store',
    });
    response.end(url.searchParams.has('no-scripts') ? html.replace(/<script src=.*?<\/script>/g, '') : html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    urlOf: (id, { language = 'en', display = 'page', scripts = true } = {}) =>
      `http://127.0.0.1:${port}/${language}/${id}?display=${display}${scripts ? '' : '&no-scripts'}`,
    policyReports,
    unknownPaths,
    close: () =>
      new Promise((resolve, reject) => {
        server.closeAllConnections();
        server.close((error) => (error ? reject(error) : resolve()));
      }),
  };
}
