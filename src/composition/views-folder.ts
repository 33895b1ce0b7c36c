import { existsSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DomainError } from '../domain/errors.js';
import { readTemplates } from '../http/templates.js';
import { tryViews } from '../http/try-views.js';
import { VIEW_CONTRACT_VERSION } from '../http/view-contract.js';
import { findViewsRoot } from '../http/views.js';
import { StartupError } from './startup-error.js';

/**
 * Copies a template of the product into an operator's folder, with the version that the folder is made for.
 * @param page `login`, `partials/field`
 * @returns the absolute path of the copy
 * @throws {DomainError} `not_found` for no such template, `already_exists` where the folder has it already
 */
export async function ejectView(page: string, folder: string): Promise<string> {
  const template = readTemplates(findViewsRoot(import.meta.dirname)).find(({ name }) => name === page);
  if (!template) throw new DomainError('not_found', `There is no template ${JSON.stringify(page)}.`);
  const target = path.resolve(folder, `${page}.ejs`);
  if (existsSync(target)) throw new DomainError('already_exists', `${target} is there already.`);
  await mkdir(path.dirname(target), { recursive: true });
  await copyFile(template.file, target);
  const contract = path.resolve(folder, 'contract.json');
  if (!existsSync(contract)) await writeFile(contract, `{ "version": ${VIEW_CONTRACT_VERSION} }\n`);
  return target;
}

/**
 * Checks a folder as the start of the server does.
 * @returns its absolute path
 * @throws {StartupError} naming everything that is wrong
 */
export function checkViewsFolder(folder: string): Promise<string> {
  const target = path.resolve(folder);
  const faults = tryViews(findViewsRoot(import.meta.dirname), { name: 'Latchkey' }, target);
  return faults.length > 0 ? Promise.reject(new StartupError(faults)) : Promise.resolve(target);
}
