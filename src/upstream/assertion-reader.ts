import { decodeJwt, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import type { Clock } from '../domain/clock.js';
import {
  UnacceptableAssertion,
  type Assertion,
  type ReadAssertion,
  type TrustedIssuer,
} from '../domain/assertions/trusted-issuer.js';
import { SIGNATURE_ALGORITHMS } from './signature-algorithms.js';
import { issuerKeySet } from './issuer-key-set.js';

/** Characters; longer ones are not read. */
const LONGEST = 16_384;
const LONGEST_VALUE = 512;

export interface AssertionReaderDeps {
  readonly trustedIssuers: readonly TrustedIssuer[];
  /** What an assertion may be made out to: the issuer identifier and the token endpoint. @see RFC 7523 §3 (3) */
  readonly audiences: readonly string[];
  readonly clock: Clock;
  /** Seconds by which clocks may differ. */
  readonly clockToleranceSeconds: number;
  /** Outside production: issuers under development are on this very machine. */
  readonly allowLoopback: boolean;
}

/** Reads assertions of the trusted issuers; keys behind addresses are fetched when they are needed, and kept. */
export function createAssertionReader(deps: AssertionReaderDeps): ReadAssertion {
  const trusted = new Map(
    deps.trustedIssuers.map((issuer) => [issuer.issuer, { issuer, keys: issuerKeySet(issuer.keys, deps) }]),
  );
  return async (jwt) => {
    if (jwt.length > LONGEST) throw new UnacceptableAssertion('it is too long');
    const found = trusted.get(issuerIn(jwt));
    if (!found) throw new UnacceptableAssertion('its issuer is not trusted');
    const claims = await verify(jwt, found.keys, deps, found.issuer);
    return toAssertion(claims, found.issuer, deps);
  };
}

/** Only to know whose keys to try: nothing is believed yet. */
function issuerIn(jwt: string): string {
  try {
    return decodeJwt(jwt).iss ?? '';
  } catch {
    throw new UnacceptableAssertion('it is not a JWT');
  }
}

async function verify(
  jwt: string,
  keys: JWTVerifyGetKey,
  { clock, clockToleranceSeconds }: AssertionReaderDeps,
  { issuer }: TrustedIssuer,
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(jwt, keys, {
      algorithms: [...SIGNATURE_ALGORITHMS],
      issuer,
      currentDate: clock.now(),
      clockTolerance: clockToleranceSeconds,
      requiredClaims: ['iss', 'sub', 'aud', 'exp', 'jti'],
    });
    return payload;
  } catch (error) {
    const detail = error instanceof errors.JOSEError ? error.code : 'its keys cannot be fetched';
    throw new UnacceptableAssertion(detail, { cause: error });
  }
}

function toAssertion(
  { sub, jti, aud, exp = 0, iat, email, email_verified: emailVerified }: JWTPayload,
  trusted: TrustedIssuer,
  { audiences, clock, clockToleranceSeconds }: AssertionReaderDeps,
): Assertion {
  // Made out to several, it could be presented here by any of the others.
  const [audience, ...others] = [aud ?? []].flat();
  if (audience === undefined || others.length > 0 || !audiences.includes(audience)) {
    throw new UnacceptableAssertion('its audience is not this provider alone');
  }
  const now = clock.now().getTime() / 1000;
  const longest = trusted.maxLifetimeSeconds;
  if (iat !== undefined && iat > now + clockToleranceSeconds) {
    throw new UnacceptableAssertion('it was issued in the future');
  }
  if (exp - now > longest + clockToleranceSeconds || (iat !== undefined && exp - iat > longest)) {
    throw new UnacceptableAssertion('it is valid for longer than max_lifetime_seconds');
  }
  if (!isValue(sub) || !isValue(jti)) throw new UnacceptableAssertion('its sub or jti is no text of use');
  return {
    trusted,
    subject: sub,
    jti,
    expiresAt: exp,
    verifiedEmail: emailVerified === true && isValue(email) ? email : undefined,
  };
}

function isValue(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= LONGEST_VALUE && !value.includes('\0');
}
