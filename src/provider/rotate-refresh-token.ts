import type { Configuration } from 'oidc-provider';
import { isHeldToFapi } from './features/fapi.js';

/**
 * Each refresh brings a new refresh token, so that a stolen one shows itself. Where refresh tokens are of use only to the
 * holder of a key, rotation would add nothing but the danger of a lost answer, and FAPI forbids it.
 * @see RFC 9700 §4.14.2, FAPI 2.0 Security Profile §5.3.2.1
 */
export const rotateRefreshToken: NonNullable<Configuration['rotateRefreshToken']> = (ctx) =>
  !isHeldToFapi(ctx.oidc.client);
