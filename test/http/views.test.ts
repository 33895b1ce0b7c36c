import { mkdtempSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PAGE_LANGUAGES, toLocale } from '../../src/http/locale.js';
import { createStaticAssets } from '../../src/http/static-assets.js';
import { escapeHtml } from '../../src/http/escape-html.js';
import { createViews, findViewsRoot, webLink } from '../../src/http/views.js';
import { HOSTILE, SAMPLE_PAGES } from '../support/sample-pages.js';

const root = findViewsRoot(import.meta.dirname);
const branding = { name: 'Latchkey', helpUrl: 'https://help.example' };
const assets = createStaticAssets({ root, branding });
const views = createViews({ root, branding, assets, cache: true });
const en = toLocale('en');

const templates = ['', 'partials'].flatMap((folder) =>
  readdirSync(path.join(root, folder))
    .filter((name) => name.endsWith('.ejs'))
    .map((name) => ({
      name: path.join(folder, name),
      source: readFileSync(path.join(root, folder, name), 'utf8'),
    })),
);

function renderSample(id: string, language = 'en'): string {
  const sample = SAMPLE_PAGES.find((candidate) => candidate.id === id);
  if (!sample) throw new Error(`There is no sample ${id}.`);
  return views.render(toLocale(language), sample.name, sample.model);
}

describe('templates', () => {
  it('print raw only what another template made (S26)', () => {
    const raw = templates.flatMap(({ name, source }) =>
      [...source.matchAll(/<%-(?!\s*partial\()[^%]*%>/g)].map((match) => `${name}: ${match[0]}`),
    );
    expect(raw).toEqual([]);
  });

  it('have no inline script, style or handler, nothing of others and no limit of length', () => {
    const forbidden = /<script(?![^>]*src=)|<style|\sstyle=|\son[a-z]+=|https?:\/\/(?!localhost)|maxlength/i;
    expect(templates.filter(({ source }) => forbidden.test(source)).map(({ name }) => name)).toEqual([]);
  });

  it.each(PAGE_LANGUAGES)('make every page whole in %s', (language) => {
    for (const { id } of SAMPLE_PAGES) {
      const html = renderSample(id, language);
      expect(html).toContain(`<html lang="${language}" dir="${toLocale(language).dir}">`);
      expect(html.match(/<h1>/g)).toHaveLength(1);
      expect(html).toMatch(/<main id="main"/);
      expect(html).toMatch(/class="skip" href="#main"/);
      expect(html).toContain('https://help.example');
      expect(
        `${id}: ${/>[^<]*\b(undefined|null|NaN|\[object)|\{\{count|\{\{length|\b[a-z_]+\.[a-z]+_[a-z_.]+\b(?=[^<]*<)/.exec(html.replaceAll(escapeHtml(HOSTILE), ''))?.[0]}`,
      ).toBe(`${id}: undefined`);
    }
  });

  it('name no address to go on to where another device waits', () => {
    expect(renderSample('consent-plain')).toContain('Afterwards you go to');
    expect(renderSample('consent-device')).not.toContain('Afterwards you go to');
  });

  it('give every kind of page a title of its own', () => {
    const titleOf = (id: string) => /<title>(.*)<\/title>/.exec(renderSample(id))?.[1];
    // Both pages on the way back to the app say the same, and so do both pages after a mail was asked for.
    const kinds = SAMPLE_PAGES.filter(
      ({ id }) =>
        /-(plain|allowed|production|server_error)$/.test(id) &&
        !['form-post-plain', 'forgot-password-sent-plain'].includes(id),
    );
    expect(new Set(kinds.map(({ id }) => titleOf(id))).size).toBe(kinds.length);
    expect(SAMPLE_PAGES.filter(({ id }) => titleOf(id)?.endsWith(' – Latchkey') !== true)).toEqual([]);
  });

  it('put a token into every form (S21)', () => {
    for (const { id } of SAMPLE_PAGES) {
      for (const [form] of renderSample(id).matchAll(/<form[\s\S]*?<\/form>/g)) {
        // One that only leads on changes nothing.
        if (form.includes('method="get"')) continue;
        expect(form).toContain('method="post"');
        // This one goes to a relying party, which knows no token of ours.
        if (id.startsWith('form-post')) continue;
        expect(form).toContain('<input type="hidden" name="csrf" value="csrf-token">');
      }
    }
  });

  it('escape and isolate what people and apps call themselves (S26)', () => {
    for (const { id } of SAMPLE_PAGES.filter((sample) => sample.id.endsWith('-hostile'))) {
      const html = renderSample(id);
      expect(html).not.toContain('<script>alert');
      const texts = html.replace(/<dd><code dir="auto">.*?<\/code>|<bdi>.*?<\/bdi>|="[^"]*"/gs, '');
      const outside = texts.split(escapeHtml(HOSTILE)).length - 1;
      // The error page's own message, a label for developers and the domain's detail are texts of this provider.
      expect({ id, outside }).toEqual({
        id,
        outside: { 'error-hostile': 2, 'setup-hostile': 1 }[id] ?? 0,
      });
    }
  });

  it('refuse a model that lacks something, naming template and line', () => {
    const incomplete = { action: '/x', csrf: 'token' } as unknown as never;
    expect(() => views.render(en, 'device-confirm', incomplete)).toThrow(/device-confirm\.ejs:\d+/);
  });
});

describe('sign-in page', () => {
  it('keeps the identifier, drops the password and describes the fault on both fields', () => {
    const html = renderSample('login-invalid_credentials');
    expect(html).toContain('<title>Error: Sign in – Latchkey</title>');
    expect(html).toMatch(
      /name="username"[^>]*value="jo@example.org"[^>]*aria-invalid="true" aria-describedby="summary-faults"/,
    );
    expect(html).toMatch(/name="password"[^>]*aria-invalid="true" aria-describedby="summary-faults"/);
    expect(html).not.toMatch(/name="password"[^>]*value=/);
    expect(html).toContain('<a href="#password">The email or password is not right.</a>');
  });

  it.each([
    [1, 'Try again in 1 minute.'],
    [5, 'Try again in 5 minutes.'],
    [undefined, 'Try again in a few minutes.'],
  ])('says when to try again: %s', (retryAfterMinutes, text) => {
    const model = {
      action: '/x',
      csrf: 'token',
      identifier: 'jo',
      fault: 'too_many_attempts',
      retryAfterMinutes,
    } as const;
    expect(views.render(en, 'login', model)).toContain(text);
  });

  it('fixes the account when it asks again', () => {
    const html = renderSample('login-again');
    expect(html).toMatch(/name="username"[^>]*readonly/);
    expect(html).toContain('Not you? Use another account');
  });
});

describe('createViews', () => {
  it('reads templates and texts again for each page when they are not cached', () => {
    const copy = mkdtempSync(path.join(os.tmpdir(), 'latchkey-views-'));
    try {
      cpSync(root, copy, { recursive: true });
      const [fresh, cached] = [false, true].map((cache) =>
        createViews({ root: copy, branding, assets, cache }),
      );
      writeFileSync(path.join(copy, 'device-done.ejs'), 'changed');
      const model = { outcome: 'denied' } as const;
      expect(fresh?.render(en, 'device-done', model)).toBe('changed');
      expect(cached?.render(en, 'device-done', model)).toContain('<h1>');
    } finally {
      rmSync(copy, { recursive: true });
    }
  });

  it('fails at the start for a template that does not compile', () => {
    const copy = mkdtempSync(path.join(os.tmpdir(), 'latchkey-views-'));
    try {
      cpSync(root, copy, { recursive: true });
      writeFileSync(path.join(copy, 'login.ejs'), '<% if ( %>');
      expect(() => createViews({ root: copy, branding, assets, cache: true })).toThrow(/login\.ejs/);
    } finally {
      rmSync(copy, { recursive: true });
    }
  });

  it('finds its folder from the sources and from the build', () => {
    const packageRoot = mkdtempSync(path.join(os.tmpdir(), 'latchkey-package-'));
    try {
      mkdirSync(path.join(packageRoot, 'views'));
      mkdirSync(path.join(packageRoot, 'dist/src/http'), { recursive: true });
      writeFileSync(path.join(packageRoot, 'views/login.ejs'), '');
      expect(findViewsRoot(path.join(packageRoot, 'dist/src/http'))).toBe(path.join(packageRoot, 'views'));
      expect(findViewsRoot(packageRoot)).toBe(path.join(packageRoot, 'views'));
      expect(() => findViewsRoot(os.tmpdir())).toThrow(/Install the package whole/);
    } finally {
      rmSync(packageRoot, { recursive: true });
    }
  });
});

describe('escapeHtml', () => {
  it('escapes what could end a text or an attribute', () => {
    expect(escapeHtml(`<a href="x" title='y'>&`)).toBe('&#60;a href=&#34;x&#34; title=&#39;y&#39;&#62;&#38;');
  });

  it.each([undefined, null, {}, [], true])('refuses %s', (value) => {
    expect(() => escapeHtml(value)).toThrow(TypeError);
  });
});

describe('webLink', () => {
  it.each(['https://a.example/x', 'http://localhost:3000', 'mailto:help@a.example', '/setup', '/'])(
    'lets %s through',
    (link) => {
      expect(webLink(link)).toBe(link);
    },
  );

  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' javascript:x',
    'data:text/html,x',
    '//evil.example',
    '/\\evil.example',
    'https://',
    'x',
    '',
  ])('leaves %j out', (link) => {
    expect(webLink(link)).toBeUndefined();
  });
});
