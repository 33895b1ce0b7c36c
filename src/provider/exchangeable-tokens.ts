import type { AccessToken, default as Provider } from 'oidc-provider';
import { epochSeconds, type Clock } from '../domain/clock.js';
import type { JsonObject, JsonValue } from '../domain/json.js';
import type { SigningKey } from '../domain/signing-keys/signing-key.js';
import type { ArtifactUnits } from './artifact-units.js';
import { readOwnJwt } from './own-jwt.js';
import { orUnavailable } from './unavailable.js';

/** A live access token of a person, as an exchange sees it. */
export interface SubjectToken {
  readonly accountId: string;
  readonly clientId: string;
  readonly grantId: string;
  readonly audience: string | undefined;
  readonly scopes: ReadonlySet<string>;
  /** Epoch seconds. */
  readonly expiresAt: number;
  readonly senderConstrained: boolean;
  /** It ends with this session. */
  readonly endsWithSession: string | undefined;
  readonly sid: string | undefined;
  /** Who acts already. @see RFC 8693 §4.1 */
  readonly act: JsonObject | undefined;
}

export interface ExchangeableTokensDeps {
  readonly units: ArtifactUnits;
  readonly clock: Clock;
  readonly signingKeys: readonly SigningKey[];
  readonly issuer: string;
}

/**
 * Keeps, of each JWT access token that is issued, the grant and the session that it belongs to: the token itself does not
 * tell, and its end has to be seen when it comes to be exchanged. What is kept ends with the grant.
 */
export function keepExchangeableTokens(
  provider: Provider,
  { units, clock }: Pick<ExchangeableTokensDeps, 'units' | 'clock'>,
): void {
  provider.on('access_token.issued', (token) => {
    const unit = units.current();
    if (!unit) return;
    unit.upsert({
      model: 'ExchangeableToken',
      id: token.jti,
      payload: {
        accountId: token.accountId,
        grantId: token.grantId,
        ...(token.expiresWithSession && token.sessionUid ? { sessionUid: token.sessionUid } : {}),
        ...(token.sid === undefined ? {} : { sid: token.sid }),
      },
      expiresAt: epochSeconds(clock.now()) + token.remainingTTL,
      grantId: token.grantId,
    });
  });
}

/**
 * Finds the live access token of a person, opaque or JWT.
 * @returns undefined for all that is unknown, expired, revoked, forged, or of no person
 */
export async function findSubjectToken(
  provider: { readonly AccessToken: { find(value: string): Promise<AccessToken | undefined> } },
  value: string,
  deps: ExchangeableTokensDeps,
): Promise<SubjectToken | undefined> {
  const stored = await provider.AccessToken.find(value);
  return stored ? ofStored(stored) : ofJwt(value, deps);
}

function ofStored(token: AccessToken): SubjectToken | undefined {
  if (!token.isValid || token.clientId === undefined || token.exp === undefined) return undefined;
  return {
    accountId: token.accountId,
    clientId: token.clientId,
    grantId: token.grantId,
    audience: typeof token.aud === 'string' ? token.aud : undefined,
    scopes: token.scopes,
    expiresAt: token.exp,
    senderConstrained: token.isSenderConstrained(),
    endsWithSession: token.expiresWithSession ? token.sessionUid : undefined,
    sid: token.sid,
    act: objectOf(token.extra?.['act']),
  };
}

async function ofJwt(value: string, deps: ExchangeableTokensDeps): Promise<SubjectToken | undefined> {
  const claims = readOwnJwt(value, { keys: deps.signingKeys, issuer: deps.issuer });
  if (!claims) return undefined;
  const { jti, exp, client_id: clientId, aud, scope, cnf, act } = claims;
  if (typeof jti !== 'string' || typeof exp !== 'number' || typeof clientId !== 'string') return undefined;
  if (exp <= epochSeconds(deps.clock.now())) return undefined;
  const reader = deps.units.current() ?? deps.units.store;
  const kept = await orUnavailable(() => reader.find({ model: 'ExchangeableToken', id: jti }));
  if (!kept) return undefined;
  const payload: JsonObject = kept.payload;
  const accountId = textOf(payload['accountId']);
  const grantId = textOf(payload['grantId']);
  if (accountId === undefined || grantId === undefined) return undefined;
  return {
    accountId,
    clientId,
    grantId,
    audience: textOf(aud),
    scopes: new Set((textOf(scope) ?? '').split(' ').filter((name) => name !== '')),
    expiresAt: exp,
    senderConstrained: cnf !== undefined,
    endsWithSession: textOf(payload['sessionUid']),
    sid: textOf(payload['sid']),
    act: objectOf(act),
  };
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function objectOf(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}
