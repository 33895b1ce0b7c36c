import { createLanguageMenu } from '../http/language-menu.js';
import type { Csrf } from '../http/middlewares/csrf.js';
import { createPages, type Pages } from '../http/pages.js';
import { createStaticAssets, type StaticAssets } from '../http/static-assets.js';
import { tryViews } from '../http/try-views.js';
import { createViews, findViewsRoot } from '../http/views.js';
import type { Logger } from '../observability/logger.js';
import type { Application } from './application.js';
import { StartupError } from './startup-error.js';

/** The hosted pages, their files, and the languages that they are made in. */
export interface OpenedPages {
  readonly pages: Pages;
  readonly assets: StaticAssets;
  readonly languages: readonly string[];
}

/**
 * Puts the hosted pages together.
 * @throws {StartupError} for an image that cannot be shown
 */
export function openPages(
  { config, clock }: Pick<Application, 'config' | 'clock'>,
  { csrf, logger }: { readonly csrf: Csrf; readonly logger: Logger },
): OpenedPages {
  const { branding, viewsDir: overrides, mode } = config;
  const root = findViewsRoot(import.meta.dirname);
  if (overrides !== undefined) {
    const faults = tryViews(root, branding, overrides);
    if (faults.length > 0) throw new StartupError(faults);
  }
  const assets = orStartupError(() => createStaticAssets({ root, branding, overrides }));
  for (const { scheme, from, to } of assets.accentChanges) {
    logger.warn(`branding.accent ${from} would be too faint: on ${scheme} pages it is ${to}`);
  }
  const views = orStartupError(() =>
    createViews({
      root,
      branding,
      assets,
      overrides,
      cache: mode !== 'development',
      pseudo: mode !== 'production',
    }),
  );
  return {
    assets,
    pages: createPages(views, createLanguageMenu(csrf, views.languages), clock),
    languages: views.languages,
  };
}

function orStartupError<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw new StartupError([error instanceof Error ? error.message : String(error)], { cause: error });
  }
}
