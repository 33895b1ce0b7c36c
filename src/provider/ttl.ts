import type { Configuration, KoaContextWithOIDC, RefreshToken, Session } from 'oidc-provider';
import { backchannelRequestSeconds } from './features/ciba.js';
import { MAX_CODE_SECONDS } from '../domain/profiles/security-profile.js';
import { epochSeconds, type Clock } from '../domain/clock.js';
import { isHeldToFapi } from './features/fapi.js';

/** How long things live, in seconds. */
export interface ProtocolLifetimes {
  readonly sessionSeconds: number;
  readonly sessionAbsoluteSeconds: number;
  readonly accessTokenSeconds: number;
  readonly idTokenSeconds: number;
  readonly refreshTokenSeconds: number;
  readonly grantSeconds: number;
  readonly authorizationCodeSeconds: number;
  readonly deviceCodeSeconds: number;
  readonly interactionSeconds: number;
}

/** Lifetimes as the library asks for them. */
export function ttlSettings(lifetimes: ProtocolLifetimes, clock: Clock): NonNullable<Configuration['ttl']> {
  const now = (): number => epochSeconds(clock.now());
  return {
    AccessToken: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? lifetimes.accessTokenSeconds,
    ClientCredentials: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? lifetimes.accessTokenSeconds,
    BackchannelAuthenticationRequest: (ctx) =>
      backchannelRequestSeconds(ctx.oidc.params?.['requested_expiry']),
    AuthorizationCode: (_ctx, _code, client) =>
      isHeldToFapi(client)
        ? Math.min(lifetimes.authorizationCodeSeconds, MAX_CODE_SECONDS)
        : lifetimes.authorizationCodeSeconds,
    DeviceCode: lifetimes.deviceCodeSeconds,
    Grant: lifetimes.grantSeconds,
    IdToken: lifetimes.idTokenSeconds,
    Interaction: lifetimes.interactionSeconds,
    RefreshToken: (ctx: KoaContextWithOIDC, _token: RefreshToken) => {
      // The grant caps the chain: a token that outlived it could not be used.
      const grantEnds = ctx.oidc.entities.Grant?.exp;
      const left = grantEnds === undefined ? lifetimes.grantSeconds : grantEnds - now();
      return Math.max(1, Math.min(lifetimes.refreshTokenSeconds, left));
    },
    Session: (_ctx: KoaContextWithOIDC, session: Session) => {
      const signedInAt = session.loginTs ?? now();
      const left = signedInAt + lifetimes.sessionAbsoluteSeconds - now();
      return Math.max(1, Math.min(lifetimes.sessionSeconds, left));
    },
  };
}
