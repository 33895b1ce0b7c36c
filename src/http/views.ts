import ejs, { type TemplateFunction } from 'ejs';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { API_SCOPES } from '../domain/resources/api-resource.js';
import type { Locale } from './locale.js';
import type { StaticAssets } from './static-assets.js';
import type { Branding } from './theme.js';
import { createTranslations, type PageTexts } from './translations.js';
import type { Views } from './view-models.js';

/** How a page is shown, whatever it says. */
export interface PageOptions {
  /** `popup` for a narrow window of the app. @see OpenID Connect Core 1.0 §3.1.2.1 `display` */
  readonly display?: 'page' | 'popup' | undefined;
}

/** The hosted pages. */
export interface PageViews {
  /**
   * Makes a page.
   * @returns the HTML document
   * @throws {Error} naming the template and the line when the model lacks something
   */
  render<Name extends keyof Views>(
    locale: Locale,
    name: Name,
    model: Views[Name],
    options?: PageOptions,
  ): string;
}

/** Scopes whose sentence the pages translate; sentences of others come with the model. */
export const TRANSLATED_SCOPES: readonly string[] = [
  'openid',
  'profile',
  'email',
  'address',
  'phone',
  'roles',
  'groups',
  'offline_access',
  ...API_SCOPES,
];

/** What every template can name; `part` is what the including template hands over. */
const LOCALS = [
  't',
  'sentence',
  'partial',
  'part',
  'model',
  'locale',
  'branding',
  'display',
  'assets',
  'webLink',
  'scopeText',
  'hasText',
];

/**
 * Compiles all templates of `<root>` at once, so that a broken one stops the start and not a sign-in.
 * @param root the folder `views`, see `findViewsRoot`
 * @param cache false reads templates and texts again for each page: for work on the pages
 * @throws {Error} when a template does not compile or a file is missing
 */
export function createViews({
  root,
  branding,
  assets,
  cache,
}: {
  root: string;
  branding: Branding;
  assets: StaticAssets;
  cache: boolean;
}): PageViews {
  const load = () => ({ templates: compileTemplates(root), textsOf: createTranslations(root) });
  const loaded = load();

  return {
    render: (locale, name, model, { display = 'page' } = {}) => {
      const { templates, textsOf } = cache ? loaded : load();
      const texts = textsOf(locale.tag);
      const context = {
        t: texts.text,
        sentence: texts.sentence,
        hasText: texts.has,
        scopeText: (scope: { name: string; sentence?: string | undefined }) => scopeText(texts, scope),
        ...{ model, locale, branding, display, assets, webLink },
      };
      const run = (template: string, part: object): string => {
        const render = templates.get(template);
        if (!render) throw new Error(`There is no template views/${template}.ejs.`);
        return render({ ...context, part, partial });
      };
      const partial = (template: string, part: object = {}): string => run(`partials/${template}`, part);
      return run(name, {});
    },
  };
}

/**
 * Finds the folder `views` of this package, from the sources as well as from the build.
 * @param from the folder to begin at, usually `import.meta.dirname`
 * @throws {Error} when no folder above holds it
 */
export function findViewsRoot(from: string): string {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'views');
    if (existsSync(path.join(candidate, 'login.ejs'))) return candidate;
    if (folder === path.dirname(folder)) {
      throw new Error(
        `No folder "views" was found above ${from}. Install the package whole, with its views.`,
      );
    }
  }
}

/**
 * Escapes for HTML text and quoted attributes.
 * @throws {TypeError} for anything but text and numbers: a missing value would be printed as "undefined"
 */
export function escapeHtml(value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw new TypeError(
      `A template prints a value of type ${typeof value}; only text and numbers are printed.`,
    );
  }
  return String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/**
 * Lets a link through that a browser opens as a page; others, `javascript:` above all, are left out.
 * @returns the link, or undefined
 */
export function webLink(link: string | undefined): string | undefined {
  if (link === undefined) return undefined;
  if (/^\/(?![/\\])/.test(link)) return link;
  return /^(https?:\/\/|mailto:)/i.test(link) && URL.canParse(link) ? link : undefined;
}

function scopeText(texts: PageTexts, scope: { name: string; sentence?: string | undefined }): string {
  if (TRANSLATED_SCOPES.includes(scope.name)) return texts.text(`scope.${scope.name}`);
  return scope.sentence ?? scope.name;
}

function compileTemplates(root: string): Map<string, TemplateFunction> {
  const templates = new Map<string, TemplateFunction>();
  for (const folder of ['', 'partials/']) {
    for (const file of readdirSync(path.join(root, folder))) {
      if (!file.endsWith('.ejs')) continue;
      const filename = path.join(root, folder, file);
      const template = ejs.compile(readFileSync(filename, 'utf8'), {
        filename: path.relative(path.dirname(root), filename),
        async: false,
        // No `with`: a name that is not among LOCALS is an error and not an empty string.
        strict: true,
        destructuredLocals: LOCALS,
        escape: escapeHtml,
      });
      templates.set(folder + path.basename(file, '.ejs'), template);
    }
  }
  return templates;
}
