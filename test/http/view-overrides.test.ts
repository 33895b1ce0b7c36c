import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { toLocale } from '../../src/http/locale.js';
import { createStaticAssets } from '../../src/http/static-assets.js';
import { tryViews } from '../../src/http/try-views.js';
import { VIEW_CONTRACT_CHANGES, VIEW_CONTRACT_VERSION } from '../../src/http/view-contract.js';
import { createViews, findViewsRoot } from '../../src/http/views.js';

const root = findViewsRoot(import.meta.dirname);
const branding = { name: 'Latchkey' };
const VERSION = { 'contract.json': `{"version": ${VIEW_CONTRACT_VERSION}}` };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'latchkey-overrides-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

test('the contract and its reference are fresh: node scripts/view-contract.mjs', () => {
  const script = path.join(root, '../scripts/view-contract.mjs');
  expect(() => execFileSync(process.execPath, [script, '--check'], { stdio: 'pipe' })).not.toThrow();
}, 60_000);

test('every version tells what changed', () => {
  expect(Object.keys(VIEW_CONTRACT_CHANGES)).toEqual(
    Array.from({ length: VIEW_CONTRACT_VERSION }, (_, index) => String(index + 1)),
  );
});

test('an empty folder changes nothing, and every page of the product can be made from its contract', () => {
  write({ ...VERSION, 'README.md': 'ours', '.gitignore': '' });
  expect(tryViews(root, branding, folder)).toEqual([]);
});

test('templates, partials, texts and files of the folder win', () => {
  write({
    ...VERSION,
    'device-done.ejs': `<%- partial('page-start', { title: t('device_done.close') }) %><%= model.outcome %><link href="<%= assets.assetPath('own.css') %>"><%- partial('page-end') %>`,
    'partials/page-end.ejs': '<p>our foot</p>',
    'locales/de/own.json': '{"device_done.close": "Fertig."}',
    'assets/own.css': 'a{}',
    'assets/latchkey.css': 'b{}',
  });
  expect(tryViews(root, branding, folder)).toEqual([]);
  const assets = createStaticAssets({ root, branding, overrides: folder });
  const views = createViews({ root, branding, assets, overrides: folder, cache: true });
  const html = views.render(toLocale('de'), 'device-done', { outcome: 'denied' });
  expect(html).toContain('Fertig. – Latchkey</title>');
  expect(html).toContain('our foot');
  expect(html).toContain('/assets/own.css?v=');
  expect(assets.serve('/assets/latchkey.css')?.body.toString()).toBe('b{}');
});

test.each([
  ['a folder that is not there', undefined, /there is no folder/],
  ['no version', {}, /contract\.json is missing\. Write \{"version": 1\}/],
  ['a version that is not one', { 'contract.json': 'x' }, /does not say its version/],
  [
    'an earlier version',
    { 'contract.json': '{"version": 0}' },
    /version 0 .* now 1.*What changed: 1: The first/,
  ],
  ['a later version', { 'contract.json': '{"version": 99}' }, /version 99 .*Use a newer release/],
  ['a template that is none', { ...VERSION, 'sign-in.ejs': '' }, /sign-in\.ejs is no template/],
  ['a partial that is none', { ...VERSION, 'partials/x.ejs': '' }, /partials\/x\.ejs is no template/],
  ['another file', { ...VERSION, 'notes.txt': '' }, /notes\.txt is no template/],
  ['an unknown language', { ...VERSION, 'locales/tlh/a.json': '{}' }, /tlh is no language/],
  ['texts that are no JSON', { ...VERSION, 'locales/de/a.json': '{' }, /JSON/],
  ['an unknown text', { ...VERSION, 'locales/de/a.json': '{"login.titel": "x"}' }, /no text "login\.titel"/],
  [
    'an unknown value in a text',
    { ...VERSION, 'locales/de/a.json': '{"login.for": "{{name}}"}' },
    /"login\.for" has no value \{\{name\}\}/,
  ],
  [
    'a template that does not compile',
    { ...VERSION, 'login.ejs': '<% if ( %>' },
    /login\.ejs does not compile/,
  ],
  [
    'a member that the model lacks',
    { ...VERSION, 'login.ejs': '\n<%= model.clientNme %>' },
    /login\.ejs:2 names model\.clientNme.*login has .*clientName/,
  ],
  [
    'a name that is not in the contract',
    { ...VERSION, 'login.ejs': '<%= issuer %>' },
    /issuer is not defined/,
  ],
  ['a text that is nowhere', { ...VERSION, 'login.ejs': `<%= t('login.nope') %>` }, /no text "login\.nope"/],
  [
    'a file that is nowhere',
    { ...VERSION, 'login.ejs': `<%= assets.assetPath('x.js') %>` },
    /no file \/assets\/x\.js/,
  ],
  [
    'an unescaped value',
    { ...VERSION, 'login.ejs': '<%- model.clientName %>' },
    /login\.ejs:1 prints without escaping/,
  ],
  ['an inline script', { ...VERSION, 'login.ejs': '<script>x</script>' }, /has a script in the page/],
  ['an inline style', { ...VERSION, 'login.ejs': '<p style="x">' }, /has a style in the page/],
  ['a handler', { ...VERSION, 'login.ejs': '<p onclick="x">' }, /has a handler/],
  [
    'something from elsewhere',
    { ...VERSION, 'login.ejs': '<img src="https://a.example/x.png">' },
    /from elsewhere/,
  ],
  [
    'a value that may be absent',
    { ...VERSION, 'login.ejs': '<%= model.clientName %>' },
    /The page "login" cannot be made: .*login\.ejs:1.*undefined/,
  ],
])('refuses %s', (_, files, expected) => {
  if (files === undefined)
    expect(tryViews(root, branding, path.join(folder, 'x')).join('\n')).toMatch(expected);
  else {
    write(files);
    expect(tryViews(root, branding, folder).join('\n')).toMatch(expected);
  }
});
