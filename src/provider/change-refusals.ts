import type { default as Provider, KoaContextWithOIDC } from 'oidc-provider';

/** Takes down refusals whose answers are to be changed. */
export interface ChangedRefusals {
  /** A listener for the events by which the library tells that it has refused a request. */
  readonly note: (ctx: KoaContextWithOIDC, error: Error) => void;
  /** Whether the answer to a request is to be changed, as it was refused so. */
  readonly has: (ctx: object, error: Error) => boolean;
}

/** Has answers of the library to requests that it has refused changed, before they go out. */
export function changeRefusals(
  provider: Provider,
  change: (ctx: KoaContextWithOIDC, error: Error) => Promise<void>,
): ChangedRefusals {
  const refused = new WeakMap<object, readonly [ctx: KoaContextWithOIDC, error: Error]>();
  // The library's own, behind whatever was put before it.
  const last = provider.middleware.length - 1;
  const answer = provider.middleware[last];
  if (!answer) throw new TypeError('The protocol has no middleware.');
  provider.middleware[last] = async (ctx, next) => {
    await answer(ctx, next);
    const refusal = refused.get(ctx);
    if (refusal) await change(...refusal);
  };
  return {
    note: (ctx, error) => void refused.set(ctx, [ctx, error]),
    has: (ctx, error) => refused.get(ctx)?.[1] === error,
  };
}
