import { errors, type Configuration } from 'oidc-provider';
import { toPageClient, type ProtocolPages } from './protocol-pages.js';

/** Shows a person what the protocol refused, where it cannot be told to the relying party. */
export function createRenderError(pages: ProtocolPages): NonNullable<Configuration['renderError']> {
  return (ctx, out, error) => {
    pages.error(ctx, {
      error: out.error,
      client: toPageClient(ctx.oidc.client),
      detail:
        error instanceof errors.OIDCProviderError
          ? (error.error_detail ?? error.error_description)
          : undefined,
    });
  };
}
