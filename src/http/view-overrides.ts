import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { PAGE_LANGUAGES } from './locale.js';
import { compileTemplate, readTemplates, type TemplateSource } from './templates.js';
import { readTexts } from './translations.js';
import {
  readViewContract,
  VIEW_CONTRACT_CHANGES,
  VIEW_CONTRACT_VERSION,
  type ViewContract,
} from './view-contract.js';

/** Folders that an operator's folder may hold, beside templates and `contract.json`. */
const FOLDERS = ['partials', 'locales', 'assets'];

/** What the policy of the pages blocks, or what would let a stranger's text through. */
const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [
    /<%-(?!\s*partial\()[^%]*%>/,
    'prints without escaping. Only <%- partial(…) %> may; print values with <%= … %>.',
  ],
  [/<%[\s\S]*?\binclude\s*\(/, 'includes a file. Use partial(name, values).'],
  [/<script(?![^>]*\ssrc=)/i, 'has a script in the page, which browsers block. Put it into assets/.'],
  [/<style|\sstyle=/i, 'has a style in the page, which browsers block. Put it into a file in assets/.'],
  [
    /\son[a-z]+\s*=/i,
    'has a handler in an attribute, which browsers block. Put it into a script in assets/.',
  ],
  [
    /<(script|link|img|source)[^>]*\s(src|href|srcset)=["']?(https?:)?\/\//i,
    'loads something from elsewhere, which browsers block. Put it into assets/.',
  ],
];

/**
 * Checks a folder by which an operator changes pages, before anybody sees one of them.
 * @param root the product's folder `views`
 * @param folder absolute path
 * @returns what is wrong, one sentence each; empty when all is well so far: the pages still have to be tried
 */
export function overrideFaults(root: string, folder: string): readonly string[] {
  if (!existsSync(folder)) return [`views_dir: there is no folder ${folder}.`];
  const version = versionFault(folder);
  // Everything else would only repeat what the version says.
  if (version !== undefined) return [version];
  return [...unknownFiles(root, folder), ...templateFaults(root, folder), ...textFaults(root, folder)];
}

function versionFault(folder: string): string | undefined {
  const file = path.join(folder, 'contract.json');
  const remedy = `Write {"version": ${VIEW_CONTRACT_VERSION}} into it, the version of the view contract that the folder is made for.`;
  if (!existsSync(file)) return `${file} is missing. ${remedy}`;
  let version: unknown;
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    version = typeof content === 'object' && content !== null ? Reflect.get(content, 'version') : undefined;
  } catch {
    version = undefined;
  }
  if (typeof version !== 'number') return `${file} does not say its version. ${remedy}`;
  if (version === VIEW_CONTRACT_VERSION) return undefined;
  if (version > VIEW_CONTRACT_VERSION) {
    return `${file} is made for version ${version} of the view contract; this product has version ${VIEW_CONTRACT_VERSION}. Use a newer release, or the templates of this one.`;
  }
  const changes = Object.entries(VIEW_CONTRACT_CHANGES)
    .filter(([changed]) => Number(changed) > version)
    .flatMap(([changed, texts]) => texts.map((text) => `${changed}: ${text}`));
  return `${file} is made for version ${version} of the view contract, which is now ${VIEW_CONTRACT_VERSION}. Adapt the folder, then raise the version. What changed: ${changes.join(' ')}`;
}

function unknownFiles(root: string, folder: string): string[] {
  const known = new Set(readTemplates(root).map(({ name }) => `${name}.ejs`));
  const names = [
    ...listed(folder).filter((name) => !FOLDERS.includes(name) && name !== 'contract.json'),
    ...listed(path.join(folder, 'partials')).map((name) => `partials/${name}`),
  ];
  const languages = listed(path.join(folder, 'locales'));
  return [
    ...names
      .filter((name) => !known.has(name))
      .map((name) => `${path.join(folder, name)} is no template of this product. Remove or rename it.`),
    ...languages
      .filter((name) => !PAGE_LANGUAGES.includes(name))
      .map(
        (name) =>
          `${path.join(folder, 'locales', name)} is no language of the pages. They have ${PAGE_LANGUAGES.join(', ')}.`,
      ),
    ...languages.flatMap((language) =>
      listed(path.join(folder, 'locales', language))
        .filter((name) => !name.endsWith('.json'))
        .map(
          (name) => `${path.join(folder, 'locales', language, name)} is no file of texts: they end in .json.`,
        ),
    ),
  ];
}

function templateFaults(root: string, folder: string): string[] {
  const contract = readViewContract(root);
  return readTemplates(folder).flatMap((template) => {
    const faults = FORBIDDEN.flatMap(([pattern, problem]) => {
      const found = pattern.exec(template.source);
      return found ? [`${template.file}:${lineOf(template.source, found.index)} ${problem}`] : [];
    });
    try {
      compileTemplate(template, template.file);
    } catch (error) {
      faults.push(`${template.file} does not compile: ${firstLine(error)}`);
    }
    return [...faults, ...unknownMembers(template, contract)];
  });
}

/** Members of the model that no page, or not this one, has. */
function unknownMembers({ name, file, source }: TemplateSource, contract: ViewContract): string[] {
  const page = contract.pages[name];
  const known = page ? Object.keys(page.fields) : membersOfAll(contract);
  return [...source.matchAll(/\bmodel(?:\?)?\.(\w+)/g)]
    .filter(([, member = '']) => !known.includes(member))
    .map(
      ({ 1: member, index }) =>
        `${file}:${lineOf(source, index)} names model.${member}, which is not in the view contract (version ${contract.version})${page ? `: ${name} has ${known.join(', ')}` : ''}.`,
    );
}

function membersOfAll({ pages }: ViewContract): string[] {
  return Object.values(pages).flatMap(({ fields }) => Object.keys(fields));
}

function textFaults(root: string, folder: string): string[] {
  const english = readTexts(root, 'en');
  return listed(path.join(folder, 'locales'))
    .filter((language) => PAGE_LANGUAGES.includes(language))
    .flatMap((language) => {
      const own = readTexts(root, language);
      const where = path.join(folder, 'locales', language);
      let texts: Record<string, string>;
      try {
        texts = readTexts(folder, language);
      } catch (error) {
        return [firstLine(error)];
      }
      return Object.entries(texts).flatMap(([key, text]) => {
        const original = own[key] ?? english[key];
        if (original === undefined) return [`${where}: there is no text "${key}".`];
        const strange = placeholders(text).filter((name) => !placeholders(original).includes(name));
        return strange.map((name) => `${where}: the text "${key}" has no value {{${name}}}.`);
      });
    });
}

function placeholders(text: string): string[] {
  return [...text.matchAll(/\{\{\s*(.*?)\s*\}\}/g)].map(([, name = '']) => name);
}

/** Names in a folder, without those that systems and editors put there, and what explains the folder. */
function listed(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.') && !/^README/i.test(name))
    .sort();
}

function lineOf(source: string, index: number): number {
  return source.slice(0, index).split('\n').length;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}
