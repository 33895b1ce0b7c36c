import type { AccessToken } from 'oidc-provider';
import type { JsonObject } from '../domain/json.js';
import { findKeptJwt, type KeptJwt, type KeptJwtsDeps } from './kept-jwts.js';

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

/**
 * Finds the live access token of a person, opaque or JWT.
 * @returns undefined for all that is unknown, expired, revoked, forged, or of no person
 */
export async function findSubjectToken(
  provider: { readonly AccessToken: { find(value: string): Promise<AccessToken | undefined> } },
  value: string,
  deps: KeptJwtsDeps,
): Promise<SubjectToken | undefined> {
  const stored = await provider.AccessToken.find(value);
  if (stored) return ofStored(stored);
  const jwt = await findKeptJwt(value, deps);
  return jwt && ofJwt(jwt);
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

function ofJwt({ claims, accountId, grantId, ...token }: KeptJwt): SubjectToken | undefined {
  if (accountId === undefined || grantId === undefined) return undefined;
  const { scope, cnf, act } = claims;
  return {
    ...token,
    accountId,
    grantId,
    scopes: new Set((typeof scope === 'string' ? scope : '').split(' ').filter((name) => name !== '')),
    senderConstrained: cnf !== undefined,
    act: objectOf(act),
  };
}

function objectOf(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}
