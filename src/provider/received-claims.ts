import type { KoaContextWithOIDC } from 'oidc-provider';
import type { JsonObject, JsonValue } from '../domain/json.js';

/** About the sign-in and not about the person. */
const NOT_ABOUT_THE_PERSON = new Set(['sub', 'acr', 'amr', 'auth_time', 'iss', 'sid', 'updated_at']);

/**
 * What an app is about to receive of an account, as the library will pick it: by the scopes of the token, and one by one
 * where the app asks for single claims.
 * @param use where it goes, `userinfo` or `id_token`
 * @param asked.available everything that is known of the account
 * @param asked.claimsOf which claims each scope yields
 */
export function receivedClaims(
  ctx: KoaContextWithOIDC,
  use: string,
  asked: {
    readonly available: JsonObject;
    readonly scope: string;
    readonly claims: object | undefined;
    readonly rejected: readonly string[] | undefined;
    readonly claimsOf: (scope: string) => readonly string[];
  },
): JsonObject {
  // An ID token beside an access token for userinfo tells who it is about and no more: the rest is asked for there.
  const tellsAll = use === 'userinfo' || isAlone(ctx);
  const names = [
    ...(tellsAll ? asked.scope.split(' ').flatMap(asked.claimsOf) : []),
    ...Object.keys(asked.claims ?? {}),
  ];
  const received: Record<string, JsonValue> = {};
  for (const name of names) {
    const value = asked.available[name];
    if (value === undefined || NOT_ABOUT_THE_PERSON.has(name) || asked.rejected?.includes(name)) continue;
    received[name] = value;
  }
  return received;
}

/** Whether no access token for userinfo comes with the ID token, or after it. */
function isAlone({ oidc: { entities, params, route } }: KoaContextWithOIDC): boolean {
  if (route !== 'authorization' && route !== 'resume') return entities.AccessToken?.aud !== undefined;
  return params?.['response_type'] === 'id_token' || Boolean(params?.['resource']);
}
