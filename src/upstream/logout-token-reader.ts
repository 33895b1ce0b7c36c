import { errors, jwtVerify, type JWTPayload } from 'jose';
import type { Clock } from '../domain/clock.js';
import type { ReadLogoutToken, UpstreamLogout } from '../domain/upstream/end-upstream-sessions.js';
import { UpstreamError } from '../domain/upstream/upstream-error.js';
import { expectedIssuer } from './expected-issuer.js';
import type { ProviderConnections } from './provider-connections.js';
import { SIGNATURE_ALGORITHMS } from './signature-algorithms.js';

/** The member of `events` that makes a JWT a logout token. @see OpenID Connect Back-Channel Logout 1.0 §2.4 */
const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';
/** Characters; longer ones are not read. */
const LONGEST = 16_384;
const LONGEST_VALUE = 255;
/** What the type of the token may be, where it has one. */
const TYPES = [undefined, 'logout+jwt', 'application/logout+jwt', 'jwt'];

/**
 * Reads the logout tokens of other providers by their own keys: signature, issuer, audience, times, event, and that it is
 * no ID token. That it is taken once is seen to by whoever takes it.
 * @see OpenID Connect Back-Channel Logout 1.0 §2.6
 */
export function createLogoutTokenReader(deps: {
  readonly connections: ProviderConnections;
  readonly clock: Clock;
  /** Seconds by which clocks may differ. */
  readonly clockToleranceSeconds: number;
}): ReadLogoutToken {
  const { clock, clockToleranceSeconds } = deps;
  return async (provider, jwt) => {
    if (jwt === '' || jwt.length > LONGEST) throw refused('there is none, or it is too long');
    const { configuration, keys } = await connect(() => deps.connections(provider));
    if (!keys) throw refused('the provider publishes no keys');
    try {
      const { payload, protectedHeader } = await jwtVerify(jwt, keys, {
        algorithms: [...SIGNATURE_ALGORITHMS],
        audience: provider.clientId,
        currentDate: clock.now(),
        clockTolerance: clockToleranceSeconds,
        requiredClaims: ['iss', 'aud', 'iat', 'exp', 'jti', 'events'],
      });
      if (payload.iss !== expectedIssuer(configuration.serverMetadata().issuer, payload)) {
        throw refused('its iss is another one');
      }
      if (!TYPES.includes(protectedHeader.typ?.toLowerCase())) throw refused('its typ is another one');
      return toLogout(payload, clock.now().getTime() / 1000 + clockToleranceSeconds, clockToleranceSeconds);
    } catch (error) {
      if (error instanceof UpstreamError) throw error;
      if (error instanceof errors.JOSEError) throw refused(error.code, error);
      throw new UpstreamError('unreachable', 'The keys of the provider cannot be fetched.', { cause: error });
    }
  };
}

async function connect<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw new UpstreamError('unreachable', 'The provider cannot be reached.', { cause: error });
  }
}

/** @param latest epoch seconds after which nothing can have been issued */
function toLogout(payload: JWTPayload, latest: number, clockToleranceSeconds: number): UpstreamLogout {
  const { iss = '', sub, sid, jti, iat = 0, exp = 0, events } = payload;
  if (iat > latest) throw refused('it was issued in the future');
  if ('nonce' in payload) throw refused('it has a nonce');
  const event: unknown =
    typeof events === 'object' && events !== null ? Reflect.get(events, LOGOUT_EVENT) : undefined;
  if (typeof event !== 'object' || event === null) throw refused('it tells of no logout');
  if (!isValue(jti)) throw refused('its jti is no text of use');
  if (sub === undefined && sid === undefined) throw refused('it has neither sub nor sid');
  if (![sub, sid].every((value) => value === undefined || isValue(value))) {
    throw refused('its sub or sid is no text of use');
  }
  return {
    issuer: iss,
    subject: sub,
    sid: isValue(sid) ? sid : undefined,
    jti,
    // It is remembered for as long as it could be taken again.
    expiresAt: new Date((exp + clockToleranceSeconds + 1) * 1000),
  };
}

function refused(detail: string, cause?: unknown): UpstreamError {
  return new UpstreamError('invalid_answer', `The logout token is not valid: ${detail}.`, { cause });
}

function isValue(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= LONGEST_VALUE && !value.includes('\0');
}
