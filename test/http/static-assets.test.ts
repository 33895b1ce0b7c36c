import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createStaticAssets } from '../../src/http/static-assets.js';
import { findViewsRoot } from '../../src/http/views.js';

const root = findViewsRoot(import.meta.dirname);
const plain = createStaticAssets({ root, branding: { name: 'Latchkey' } });

it('serves a file for ever under the hash of its content', () => {
  const asset = plain.serve(plain.assetPath('latchkey.css'));
  expect(asset).toMatchObject({
    type: 'text/css; charset=utf-8',
    cacheControl: 'public, max-age=31536000, immutable',
  });
  expect(asset?.body.toString()).toContain('color-scheme:light dark');
  expect(asset?.etag).toMatch(/^"[\w-]{16}"$/);
});

it.each(['', '?v=other', '?v='])('has browsers ask again without the right hash: %j', (query) => {
  expect(plain.serve(`/assets/latchkey.css${query}`)).toMatchObject({ cacheControl: 'no-cache' });
});

it.each([
  '/assets/../login.ejs',
  '/assets/%2e%2e/login.ejs',
  '/assets/..%2f..%2fpackage.json',
  '/assets//etc/passwd',
  '/assets/',
  '/assets',
  '/assets/__proto__',
  '/theme.css',
  '',
])('has nothing at %j', (pathname) => {
  expect(plain.serve(pathname)).toBeUndefined();
});

it('refuses to name a file that does not exist', () => {
  expect(() => plain.assetPath('missing.css')).toThrow(/no file \/assets\/missing.css/);
});

it('serves the theme only when the branding has an accent, and tells what it changed', () => {
  expect(plain.themePath).toBeUndefined();
  const branded = createStaticAssets({ root, branding: { name: 'Latchkey', accent: '#ffcc00' } });
  const theme = branded.serve(branded.themePath ?? '');
  expect(theme?.body.toString()).toMatch(
    /^:root\{--accent:light-dark\(#\w{6},#ffcc00\);--accent-ink:light-dark\(#\w{6},#000000\)\}\n$/,
  );
  expect(theme?.cacheControl).toContain('immutable');
  expect(branded.accentChanges).toMatchObject([{ scheme: 'light', from: '#ffcc00' }]);
});

it('gives changed content another address', () => {
  const copy = mkdtempSync(path.join(os.tmpdir(), 'latchkey-assets-'));
  try {
    cpSync(root, copy, { recursive: true });
    writeFileSync(path.join(copy, 'assets/latchkey.css'), '/* changed */');
    const changed = createStaticAssets({ root: copy, branding: { name: 'Latchkey' } });
    expect(changed.assetPath('latchkey.css')).not.toBe(plain.assetPath('latchkey.css'));
    writeFileSync(path.join(copy, 'assets/notes.txt'), '');
    expect(() => createStaticAssets({ root: copy, branding: { name: 'Latchkey' } })).toThrow(
      /notes\.txt has no known type/,
    );
  } finally {
    rmSync(copy, { recursive: true });
  }
});
