import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type AccentChange, type Branding, deriveTheme, themeStyleSheet } from './theme.js';

/** An answer to a request for a file. */
export interface StaticAsset {
  readonly body: Buffer;
  /** Media type for `Content-Type`. */
  readonly type: string;
  /** Entity tag, quotes included. @see RFC 9110 §8.8.3 */
  readonly etag: string;
  /** Value of `Cache-Control`. */
  readonly cacheControl: string;
}

/** The files that pages refer to, all in memory. */
export interface StaticAssets {
  /**
   * Address of a file with the hash of its content, for instance `/assets/latchkey.css?v=…`.
   * @throws {Error} when there is no such file: a page that names it is wrong
   */
  assetPath(name: string): string;
  /** Address of the operator's theme; undefined when the branding sets no accent. */
  readonly themePath: string | undefined;
  /** Tells how the operator's accent had to change to be readable. */
  readonly accentChanges: readonly AccentChange[];
  /**
   * Finds a file by path and query as the request has them. The path is only looked up in a table, so no
   * path leads out of the folder.
   */
  serve(pathAndQuery: string): StaticAsset | undefined;
}

const THEME_PATH = '/theme.css';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

/**
 * Reads `<root>/assets` once.
 * @param root the folder `views`
 * @throws {Error} when the folder cannot be read or holds a file of an unknown type
 * @throws {RangeError} when the branding's accent is not a colour
 */
export function createStaticAssets({ root, branding }: { root: string; branding: Branding }): StaticAssets {
  const files = new Map<string, StaticAsset & { readonly hash: string }>();
  const folder = path.join(root, 'assets');
  for (const name of readdirSync(folder).sort()) {
    files.set(`/assets/${name}`, toAsset(name, readFileSync(path.join(folder, name))));
  }
  const theme = branding.accent === undefined ? undefined : deriveTheme(branding.accent);
  if (theme) files.set(THEME_PATH, toAsset('theme.css', Buffer.from(themeStyleSheet(theme))));

  const addressOf = (pathname: string): string => {
    const file = files.get(pathname);
    if (!file) throw new Error(`There is no file ${pathname}. A page may only name what views/assets holds.`);
    return `${pathname}?v=${file.hash}`;
  };

  return {
    assetPath: (name) => addressOf(`/assets/${name}`),
    themePath: theme && addressOf(THEME_PATH),
    accentChanges: theme?.changes ?? [],
    serve: (pathAndQuery) => {
      const [pathname = '', query] = pathAndQuery.split('?', 2);
      const file = files.get(pathname);
      if (!file) return undefined;
      const { body, type, etag, hash } = file;
      // Without the hash the address outlives the content, so browsers have to ask each time.
      const cacheControl = query === `v=${hash}` ? 'public, max-age=31536000, immutable' : 'no-cache';
      return { body, type, etag, cacheControl };
    },
  };
}

function toAsset(name: string, body: Buffer): StaticAsset & { readonly hash: string } {
  const type = MEDIA_TYPES[path.extname(name)];
  if (type === undefined) {
    throw new Error(
      `views/assets/${name} has no known type. Use one of ${Object.keys(MEDIA_TYPES).join(', ')}.`,
    );
  }
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 16);
  return { body, type, hash, etag: `"${hash}"`, cacheControl: 'no-cache' };
}
