import type { TemplateFunction } from 'ejs';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { API_SCOPES } from '../domain/resources/api-resource.js';
import { dateText } from './date-text.js';
import type { LanguageMenu } from './language-menu.js';
import { type Locale, PAGE_LANGUAGES } from './locale.js';
import type { ShownClient } from './page-client.js';
import type { StaticAssets } from './static-assets.js';
import { compileTemplate, readTemplates, type TemplateSource } from './templates.js';
import type { Branding } from './theme.js';
import { PSEUDO_LANGUAGES } from './pseudo-locale.js';
import { createTranslations, type PageTexts } from './translations.js';
import type { Views } from './view-models.js';
import { parseUrl } from '../domain/url.js';

/** How a page is shown, whatever it says. */
export interface PageOptions {
  /** `popup` for a narrow window of the app. @see OpenID Connect Core 1.0 §3.1.2.1 `display` */
  readonly display?: 'page' | 'popup' | undefined;
  /** The client for which it is shown. */
  readonly client?: ShownClient | undefined;
  readonly languageMenu?: LanguageMenu | undefined;
}

/** The hosted pages. */
export interface PageViews {
  /** Languages that pages are made in. */
  readonly languages: readonly string[];
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

/**
 * Compiles all templates of `<root>` at once, so that a broken one stops the start and not a sign-in. Without `cache` each is
 * compiled when it is first needed, which halves the start: whoever works on a page looks at it.
 * @param root the folder `views`, see `findViewsRoot`
 * @param overrides a folder of the operator, already checked, whose files win over those of `root`
 * @param strictTexts true refuses to make a page that names a text which is nowhere, instead of showing its key
 * @param pseudo true adds the languages by which untranslated texts are found
 * @param cache false reads templates and texts again when a file has changed: for work on the pages
 * @throws {Error} when a file is missing or, with `cache`, a template does not compile
 */
export function createViews({
  root,
  branding,
  assets,
  cache,
  overrides,
  pseudo = false,
  strictTexts = false,
}: {
  root: string;
  branding: Branding;
  assets: StaticAssets;
  cache: boolean;
  overrides?: string | undefined;
  pseudo?: boolean;
  strictTexts?: boolean;
}): PageViews {
  const load = (state: string) => ({
    state,
    templateOf: openTemplates(root, { overrides, atOnce: cache }),
    textsOf: createTranslations(root, { overrides, pseudo, strict: strictTexts }),
  });
  const stateNow = () => (cache ? '' : stateOfFiles([root, overrides]));
  let loaded = load(stateNow());
  const current = () => {
    const state = stateNow();
    if (state !== loaded.state) loaded = load(state);
    return loaded;
  };

  return {
    languages: pseudo ? [...PAGE_LANGUAGES, ...PSEUDO_LANGUAGES] : PAGE_LANGUAGES,
    render: (locale, name, model, { display = 'page', client, languageMenu } = {}) => {
      const { templateOf, textsOf } = current();
      const texts = textsOf(locale.tag);
      const context = {
        t: texts.text,
        sentence: texts.sentence,
        hasText: texts.has,
        dateText: (at: string, timeZone: string) => dateText(locale, at, timeZone),
        scopeText: (scope: { name: string; sentence?: string | undefined }) => scopeText(texts, scope),
        themePath: assets.themePathFor(client?.look ?? {}),
        ...{ model, locale, branding, display, assets, languageMenu, webLink, clientLogo: client?.logoPath },
      };
      const run = (template: string, part: object): string => {
        const render = templateOf(template);
        if (!render) throw new Error(`There is no template views/${template}.ejs.`);
        return render({ ...context, part, partial });
      };
      const partial = (template: string, part: object = {}): string => run(`partials/${template}`, part);
      return run(name, {});
    },
  };
}

/** Something that differs when a file was added, changed or removed. */
function stateOfFiles(folders: readonly (string | undefined)[]): string {
  return folders
    .filter((folder) => folder !== undefined)
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .sort()
        .map((file) => `${file} ${statSync(path.join(folder, file)).mtimeMs}`),
    )
    .join('\n');
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
 * Lets a link through that a browser opens as a page; others, `javascript:` above all, are left out.
 * @returns the link, or undefined
 */
export function webLink(link: string | undefined): string | undefined {
  if (link === undefined) return undefined;
  if (/^\/(?![/\\])/.test(link)) return link;
  return /^(https?:\/\/|mailto:)/i.test(link) && parseUrl(link) !== undefined ? link : undefined;
}

function scopeText(texts: PageTexts, scope: { name: string; sentence?: string | undefined }): string {
  if (TRANSLATED_SCOPES.includes(scope.name)) return texts.text(`scope.${scope.name}`);
  return scope.sentence ?? scope.name;
}

/**
 * Reads the templates.
 * @param options.overrides a folder whose templates win over those of `root`
 * @param options.atOnce compiles all of them now, instead of each when it is asked for
 * @returns a template by its name
 */
function openTemplates(
  root: string,
  { overrides, atOnce }: { overrides: string | undefined; atOnce: boolean },
): (name: string) => TemplateFunction | undefined {
  const sources = new Map<string, { template: TemplateSource; shownAs: string }>();
  for (const template of readTemplates(root)) {
    sources.set(template.name, { template, shownAs: path.relative(path.dirname(root), template.file) });
  }
  for (const template of overrides === undefined ? [] : readTemplates(overrides)) {
    sources.set(template.name, { template, shownAs: template.file });
  }
  const compiled = new Map<string, TemplateFunction>();
  const templateOf = (name: string): TemplateFunction | undefined => {
    const source = sources.get(name);
    const ready = compiled.get(name) ?? (source && compileTemplate(source.template, source.shownAs));
    if (ready) compiled.set(name, ready);
    return ready;
  };
  if (atOnce) for (const name of sources.keys()) templateOf(name);
  return templateOf;
}
