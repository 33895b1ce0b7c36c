import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';

type Formats = NonNullable<Configuration['formats']>;
type JwtCustomizer = NonNullable<NonNullable<Formats['customizers']>['jwt']>;

/**
 * Has JWT access tokens tell how the person signed in, so that an API may ask for more before what matters.
 * @see RFC 9068 §2.2.1, RFC 9470 §6.1
 */
export const accessTokenClaims: JwtCustomizer = (ctx, token, jwt) => {
  if (token.kind !== 'AccessToken') return undefined;
  // Typed as always there; which of them is depends on the grant.
  const entities: Partial<typeof ctx.oidc.entities> = ctx.oidc.entities;
  const { AuthorizationCode, RefreshToken, DeviceCode, BackchannelAuthenticationRequest } = entities;
  const source = [AuthorizationCode, RefreshToken, DeviceCode, BackchannelAuthenticationRequest].find(
    (found) => found !== undefined,
  );
  if (source && source.accountId !== token.accountId) return undefined;
  const { acr, amr, authTime } = source ?? signInOf(ctx);
  Object.assign(jwt.payload, {
    ...(acr === undefined ? {} : { acr }),
    ...(amr === undefined ? {} : { amr }),
    ...(authTime === undefined ? {} : { auth_time: authTime }),
  });
  return undefined;
};

/** How the person signed in, where the token is the answer to the authorization request itself. */
function signInOf({ oidc }: KoaContextWithOIDC): {
  readonly acr?: string | undefined;
  readonly amr?: readonly string[] | undefined;
  readonly authTime?: number | undefined;
} {
  if (oidc.route !== 'authorization' && oidc.route !== 'resume') return {};
  return { acr: oidc.acr, amr: oidc.amr, authTime: oidc.session?.authTime() };
}
