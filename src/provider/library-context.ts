import type { AsyncLocalStorage } from 'node:async_hooks';
import Provider, { type KoaContextWithOIDC } from 'oidc-provider';

/** Not among what the library exports, so that its types do not know of it; any test would tell that it has moved. */
const MODULE = 'oidc-provider/lib/helpers/als.js';

/**
 * What follows a request through everything that it awaits: the library's own, for its context. Each further
 * `AsyncLocalStorage` would cost time and memory at every promise of every request.
 */
export const { default: requestStorage } = (await import(MODULE)) as {
  readonly default: AsyncLocalStorage<object>;
};

/** The library's context of the request under way; undefined where the library does not answer it. */
export function libraryContext(): KoaContextWithOIDC | undefined {
  const ctx: object | undefined = Provider.ctx;
  return ctx !== undefined && 'oidc' in ctx ? Provider.ctx : undefined;
}
