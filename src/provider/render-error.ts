import { errors, type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import type { Explanation } from './refusals/explanation.js';
import { toPageClient, type ProtocolPages } from './protocol-pages.js';

/**
 * Shows a person what the protocol refused, where it cannot be told to the relying party.
 * @param explain tells developers more; absent in production
 */
export function createRenderError(
  pages: ProtocolPages,
  explain?: (ctx: KoaContextWithOIDC, error: Error) => Promise<Explanation | undefined>,
): NonNullable<Configuration['renderError']> {
  return async (ctx, out, error) => {
    const explanation = await explain?.(ctx, error);
    pages.error(ctx, {
      error: out.error,
      client: toPageClient(ctx.oidc.client),
      detail:
        error instanceof errors.OIDCProviderError
          ? (error.error_detail ?? error.error_description)
          : undefined,
      ...(explanation ? { explanation } : {}),
    });
  };
}
