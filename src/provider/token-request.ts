import type { KoaContextWithOIDC } from 'oidc-provider';

/** A request at the token endpoint as it was answered. */
export interface AnsweredTokenRequest {
  /** `other` for whatever this provider does not know. */
  readonly grantType: string;
  /** `issued`, or the error code of the answer. @see RFC 6749 §5.2 */
  readonly outcome: string;
}

/** The end of a grant type's name tells it apart: `urn:ietf:params:oauth:grant-type:token-exchange`. */
const GRANT_TYPES: ReadonlyMap<unknown, string> = new Map([
  ['authorization_code', 'authorization_code'],
  ['refresh_token', 'refresh_token'],
  ['client_credentials', 'client_credentials'],
  ['urn:ietf:params:oauth:grant-type:device_code', 'device_code'],
  ['urn:ietf:params:oauth:grant-type:token-exchange', 'token_exchange'],
  ['urn:ietf:params:oauth:grant-type:jwt-bearer', 'jwt_bearer'],
  ['urn:openid:params:grant-type:ciba', 'ciba'],
]);

/**
 * What a request asked of the token endpoint, and how it was answered in the end, also where that was decided after the
 * library had answered.
 * @returns undefined for any other request
 */
export function answeredTokenRequest(ctx: {
  readonly status: number;
  readonly body?: unknown;
  readonly _matchedRouteName?: unknown;
  readonly oidc?: unknown;
}): AnsweredTokenRequest | undefined {
  if (ctx._matchedRouteName !== 'token') return undefined;
  const { oidc, body } = ctx;
  const params = (oidc as KoaContextWithOIDC['oidc'] | undefined)?.params;
  const grantType = GRANT_TYPES.get(params?.['grant_type']) ?? 'other';
  if (ctx.status === 200) return { grantType, outcome: 'issued' };
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined;
  return { grantType, outcome: typeof error === 'string' ? error : 'unknown' };
}
