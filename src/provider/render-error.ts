import { errors, type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import type { Explanation } from './refusals/explanation.js';
import { toPageClient, type ProtocolPages } from './protocol-pages.js';

/** Names, as the library gives them, of the endpoints that programs call and no person sees. */
const OF_PROGRAMS: ReadonlySet<string> = new Set([
  'backchannel_authentication',
  'challenge',
  'device_authorization',
  'discovery',
  'introspection',
  'jwks',
  'pushed_authorization_request',
  'registration',
  'revocation',
  'token',
  'userinfo',
]);

/**
 * Shows a person what the protocol refused, where it cannot be told to the relying party. Programs are answered in JSON even
 * where they prefer HTML, as the HTTP client of Java does by default.
 * @see RFC 6749 §5.2
 * @param explain tells developers more; absent in production
 */
export function createRenderError(
  pages: ProtocolPages,
  explain?: (ctx: KoaContextWithOIDC, error: Error) => Promise<Explanation | undefined>,
): NonNullable<Configuration['renderError']> {
  return async (ctx, out, error) => {
    if (OF_PROGRAMS.has(ctx.oidc.route)) {
      ctx.body = out;
      return;
    }
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
