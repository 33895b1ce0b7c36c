import type { AccessToken, ClientCredentials, KoaContextWithOIDC, UnknownObject } from 'oidc-provider';

/**
 * How the person signed in for whom an access token is issued, so that an API may ask for more before what matters: in JWTs
 * and at introspection.
 * @param ctx absent where the token is made outside of a request
 * @see RFC 9068 §2.2.1, RFC 9470 §6
 */
export function authenticationClaims(
  ctx: KoaContextWithOIDC | undefined,
  token: AccessToken | ClientCredentials,
): UnknownObject {
  if (token.kind !== 'AccessToken' || !ctx) return {};
  // Typed as always there; which of them is depends on the grant.
  const entities: Partial<typeof ctx.oidc.entities> = ctx.oidc.entities;
  const { AuthorizationCode, RefreshToken, DeviceCode, BackchannelAuthenticationRequest } = entities;
  const source = [AuthorizationCode, RefreshToken, DeviceCode, BackchannelAuthenticationRequest].find(
    (found) => found !== undefined,
  );
  if (source && source.accountId !== token.accountId) return {};
  const { acr, amr, authTime } = source ?? signInOf(ctx);
  return {
    ...(acr === undefined ? {} : { acr }),
    ...(amr === undefined ? {} : { amr }),
    ...(authTime === undefined ? {} : { auth_time: authTime }),
  };
}

/** How the person signed in, where the token is the answer to the authorization request itself. */
function signInOf({ oidc }: KoaContextWithOIDC): {
  readonly acr?: string | undefined;
  readonly amr?: readonly string[] | undefined;
  readonly authTime?: number | undefined;
} {
  if (oidc.route !== 'authorization' && oidc.route !== 'resume') return {};
  return { acr: oidc.acr, amr: oidc.amr, authTime: oidc.session?.authTime() };
}
