import { isDeepStrictEqual } from 'node:util';
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { JsonObject, JsonValue } from '../../domain/json.js';
import {
  authorizationDetailFault,
  MAX_DETAILS,
  type AuthorizationDetailType,
} from '../../domain/resources/authorization-detail-type.js';

/** One of the details, as the library has checked it. */
export type AuthorizationDetail = JsonObject & { readonly type: string };

/** What the library keeps with codes and tokens. */
interface DetailedSource {
  readonly rar?: readonly AuthorizationDetail[] | undefined;
}

/**
 * Authorization details of the declared types, for clients that list them. The library asks the person at every request
 * that has some, so nothing that was allowed before widens or repeats; what a code gets is what was read on that page.
 * @see RFC 9396
 */
export function richAuthorizationRequests(types: readonly AuthorizationDetailType[]) {
  if (types.length === 0) return { enabled: false } as const;
  return {
    enabled: true as const,
    types: Object.fromEntries(types.map((type) => [type.type, { validate: createValidate(type) }])),
    authorizationDetailsForGrantSource: (
      ctx: KoaContextWithOIDC,
    ): readonly AuthorizationDetail[] | undefined =>
      requestedDetails(ctx.oidc.params?.['authorization_details']),
    authorizationDetailsForAccessToken: (
      ctx: KoaContextWithOIDC,
      token: object,
      source: object | undefined,
    ): readonly AuthorizationDetail[] | undefined => {
      const allowed = (source as DetailedSource | undefined)?.rar ?? [];
      const wanted = requestedDetails(ctx.oidc.params?.['authorization_details']);
      const beyond = wanted?.find((detail) => !allowed.some((one) => isDeepStrictEqual(one, detail)));
      if (beyond) {
        throw new errors.InvalidAuthorizationDetails(
          'authorization_details hold what was not allowed before',
        );
      }
      const audience = 'aud' in token ? token.aud : undefined;
      return (wanted ?? allowed).filter(({ locations }) => isFor(locations, audience));
    },
    authorizationDetailsForIntrospection: (
      _ctx: KoaContextWithOIDC,
      token: object,
    ): readonly AuthorizationDetail[] | undefined => (token as DetailedSource).rar,
  };
}

/** The details of a request: as text where it came by itself, as JSON where it was pushed or signed. */
export function requestedDetails(parameter: unknown): readonly AuthorizationDetail[] | undefined {
  if (parameter === undefined) return undefined;
  const value: unknown = typeof parameter === 'string' ? JSON.parse(parameter) : parameter;
  return Array.isArray(value) ? (value as readonly AuthorizationDetail[]) : undefined;
}

function createValidate(type: AuthorizationDetailType) {
  return (
    ctx: KoaContextWithOIDC,
    detail: object,
    client: { readonly authorizationDetailsTypes?: readonly string[] | undefined },
  ): void => {
    if (!client.authorizationDetailsTypes?.includes(type.type)) {
      throw new errors.InvalidAuthorizationDetails(
        `the client is not registered for the type '${type.type}'`,
      );
    }
    if (ctx.oidc.route === 'backchannel_authentication') {
      throw new errors.InvalidAuthorizationDetails('authorization_details are not offered at this endpoint');
    }
    const all = requestedDetails(ctx.oidc.params?.['authorization_details']) ?? [];
    if (all.length > MAX_DETAILS) {
      throw new errors.InvalidAuthorizationDetails(
        `at most ${MAX_DETAILS} authorization details may be asked for`,
      );
    }
    // The library has parsed it from JSON.
    const fault = authorizationDetailFault(detail as JsonObject, type);
    if (fault !== undefined) {
      const described = `${fault} (type ${type.type})`
        .replaceAll('"', "'")
        .replace(/[^\x20-\x5b\x5d-\x7e]/g, '?');
      throw new errors.InvalidAuthorizationDetails(described);
    }
  };
}

/** A token for one resource server carries what is for it, or for any. @see RFC 9396 §3.1 */
function isFor(locations: JsonValue | undefined, audience: unknown): boolean {
  return !Array.isArray(locations) || audience === undefined || locations.includes(audience);
}
