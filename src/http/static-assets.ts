import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type AccentChange, deriveAccent } from '../domain/branding/accent.js';
import type { BrandImage } from '../domain/branding/brand-image.js';
import type { Look } from '../domain/branding/client-branding.js';
import { detectImageType, MAX_LOGO_BYTES } from '../domain/branding/image-type.js';
import { type Branding, clientThemePath, readClientThemePath, themeStyleSheet } from './theme.js';

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
  /** Address of the operator's theme; undefined when the branding sets no look. */
  readonly themePath: string | undefined;
  /** Address of the theme of a page that is shown for a client; the operator's where the client chose nothing. */
  themePathFor(client: Look): string | undefined;
  /** Addresses of the operator's images; undefined where there is none. */
  readonly images: Readonly<Record<BrandImage, string | undefined>>;
  /** Has pages show an image that was copied from elsewhere, by its address at this server. */
  useImage(name: BrandImage, address: string): void;
  /** Tells how the operator's accent had to change to be readable. */
  readonly accentChanges: readonly AccentChange[];
  /**
   * Finds a file by path and query as the request has them. The path is only looked up in a table, so no
   * path leads out of the folder.
   */
  serve(pathAndQuery: string): StaticAsset | undefined;
}

type HashedAsset = StaticAsset & { readonly hash: string };

const THEME_PATH = '/theme.css';
const CSS = 'text/css; charset=utf-8';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.css': CSS,
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
};

/**
 * Reads `<root>/assets` once.
 * @param root the folder `views`
 * @param overrides a folder of the operator, whose `assets` win over those of `root`
 * @throws {Error} when a folder or an image cannot be read or holds a file of an unknown type
 * @throws {RangeError} when the branding's accent is not a colour
 */
export function createStaticAssets({
  root,
  branding,
  overrides,
}: {
  root: string;
  branding: Branding;
  overrides?: string | undefined;
}): StaticAssets {
  const files = new Map<string, HashedAsset>();
  for (const folder of [root, ...(overrides === undefined ? [] : [overrides])]) {
    const assets = path.join(folder, 'assets');
    if (folder === overrides && !existsSync(assets)) continue;
    for (const name of readdirSync(assets).sort()) {
      const body = readFileSync(path.join(assets, name));
      files.set(`/assets/${name}`, toAsset(name, name.endsWith('.css') ? withoutSpace(body) : body));
    }
  }
  const theme = themeStyleSheet(branding);
  if (theme !== '') files.set(THEME_PATH, withHash(CSS, Buffer.from(theme)));

  const addressOf = (pathname: string): string => {
    const file = files.get(pathname);
    if (!file) throw new Error(`There is no file ${pathname}. A page may only name what views/assets holds.`);
    return `${pathname}?v=${file.hash}`;
  };
  const image = (name: BrandImage): string | undefined => {
    const file = branding[name];
    if (file === undefined) return undefined;
    files.set(`/brand/${name}`, readImage(name, file));
    return addressOf(`/brand/${name}`);
  };
  const themePath = theme === '' ? undefined : addressOf(THEME_PATH);

  const images = { logo: image('logo'), logoDark: image('logoDark'), favicon: image('favicon') };

  return {
    assetPath: (name) => addressOf(`/assets/${name}`),
    themePath,
    themePathFor: (client) => {
      if (Object.keys(client).length === 0) return themePath;
      const { accent, radius, font } = { ...branding, ...client };
      const look = { accent, radius, font };
      return `${clientThemePath(look)}?v=${withHash(CSS, Buffer.from(themeStyleSheet(look))).hash}`;
    },
    images,
    useImage: (name, address) => {
      images[name] = address;
    },
    accentChanges: branding.accent === undefined ? [] : deriveAccent(branding.accent).changes,
    serve: (pathAndQuery) => {
      const [pathname = '', query] = pathAndQuery.split('?', 2);
      const file = files.get(pathname) ?? clientTheme(pathname);
      if (!file) return undefined;
      const { body, type, etag, hash } = file;
      // Without the hash the address outlives the content, so browsers have to ask each time.
      const cacheControl = query === `v=${hash}` ? 'public, max-age=31536000, immutable' : 'no-cache';
      return { body, type, etag, cacheControl };
    },
  };
}

function clientTheme(pathname: string): HashedAsset | undefined {
  const look = readClientThemePath(pathname);
  return look && withHash(CSS, Buffer.from(themeStyleSheet(look)));
}

function readImage(name: BrandImage, file: string): HashedAsset {
  let body: Buffer;
  try {
    body = readFileSync(file);
  } catch (error) {
    throw new Error(`branding: the file ${file} of ${name} cannot be read.`, { cause: error });
  }
  const type = detectImageType(body);
  if (type === undefined) {
    throw new Error(`branding: the file ${file} of ${name} is not a PNG, JPEG, WebP or SVG image.`);
  }
  if (body.length > MAX_LOGO_BYTES) {
    throw new Error(
      `branding: the file ${file} of ${name} has ${body.length} bytes; the most is ${MAX_LOGO_BYTES}.`,
    );
  }
  return withHash(type, body);
}

function toAsset(name: string, body: Buffer): HashedAsset {
  const type = MEDIA_TYPES[path.extname(name)];
  if (type === undefined) {
    throw new Error(
      `views/assets/${name} has no known type. Use one of ${Object.keys(MEDIA_TYPES).join(', ')}.`,
    );
  }
  return withHash(type, body);
}

/** A style sheet without its comments, indents and line ends, which weigh a fifth. */
function withoutSpace(css: Buffer): Buffer {
  const text = css
    .toString()
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s*\n\s*/g, '\n')
    .replace(/^([a-z-]+): /gm, '$1:')
    .replace(/ ?([{;,])\n/g, '$1')
    .replace(/;?\n}/g, '}')
    .replace(/;}/g, '}')
    .replace(/}\n/g, '}')
    .trim();
  return Buffer.from(text);
}

function withHash(type: string, body: Buffer): HashedAsset {
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 16);
  return { body, type, hash, etag: `"${hash}"`, cacheControl: 'no-cache' };
}
