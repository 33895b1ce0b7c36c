import { toLocale } from './locale.js';
import { createStaticAssets } from './static-assets.js';
import type { Branding } from './theme.js';
import { readViewContract, sampleModels } from './view-contract.js';
import type { Views } from './view-models.js';
import { overrideFaults } from './view-overrides.js';
import { createViews } from './views.js';

/**
 * Checks an operator's folder and makes every page once with it, so that what is wrong stops the start and not a sign-in.
 * @param root the product's folder `views`
 * @param overrides absolute path of the operator's folder
 * @returns what is wrong, one sentence each
 */
export function tryViews(root: string, branding: Branding, overrides: string): readonly string[] {
  const faults = overrideFaults(root, overrides);
  if (faults.length > 0) return faults;
  try {
    const assets = createStaticAssets({ root, branding, overrides });
    const views = createViews({ root, branding, assets, cache: true, overrides, strictTexts: true });
    const found = new Set<string>();
    for (const [page, { fields }] of Object.entries(readViewContract(root).pages)) {
      for (const model of sampleModels(fields)) {
        try {
          // The contract is made from the very types of the models.
          views.render(toLocale('en'), page as keyof Views, model);
        } catch (error) {
          found.add(`The page "${page}" cannot be made: ${inOneLine(error)}`);
        }
      }
    }
    return [...found];
  } catch (error) {
    return [inOneLine(error)];
  }
}

/** EJS puts the place on the first line, an excerpt below it, and the cause last. */
function inOneLine(error: unknown): string {
  const lines = (error instanceof Error ? error.message : String(error)).split('\n');
  const [first = '', last = first] = [lines[0], lines.at(-1)];
  return first === last ? first : `${first}: ${last}`;
}
