import ejs, { type TemplateFunction } from 'ejs';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { escapeHtml } from './escape-html.js';

/** What every template can name; `part` is what the including template hands over. */
export const LOCALS = [
  't',
  'sentence',
  'partial',
  'part',
  'model',
  'locale',
  'branding',
  'display',
  'assets',
  'themePath',
  'clientLogo',
  'languageMenu',
  'webLink',
  'scopeText',
  'hasText',
  'dateText',
];

/** One template as it stands in a folder. */
export interface TemplateSource {
  /** `login`, `partials/field` */
  readonly name: string;
  readonly file: string;
  readonly source: string;
}

/** Reads the templates of a folder and of its `partials`. A folder that is not there has none. */
export function readTemplates(root: string): readonly TemplateSource[] {
  return ['', 'partials/']
    .filter((folder) => existsSync(path.join(root, folder)))
    .flatMap((folder) =>
      readdirSync(path.join(root, folder))
        .filter((name) => name.endsWith('.ejs'))
        .map((name) => {
          const file = path.join(root, folder, name);
          return { name: folder + path.basename(name, '.ejs'), file, source: readFileSync(file, 'utf8') };
        }),
    );
}

/**
 * Compiles a template. Whatever it prints is escaped, and a name that is not among `LOCALS` is an error.
 * @param shownAs the file's name in errors
 * @throws {Error} when it does not compile
 */
export function compileTemplate({ source }: TemplateSource, shownAs: string): TemplateFunction {
  return ejs.compile(source, {
    filename: shownAs,
    async: false,
    // No `with`: a name that is not among LOCALS is an error and not an empty string.
    strict: true,
    destructuredLocals: LOCALS,
    escape: escapeHtml,
  });
}
