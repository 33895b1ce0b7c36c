import { errors } from 'oidc-provider';
import type { RequestedAuthentication } from '../domain/sign-in/sign-in-requirement.js';

/**
 * What a request's parameters say about how the person signs in. Both parameters count: with `acr_values` beside it the
 * library would forget what `claims` calls essential, and whoever changes the address of a request could take it away.
 * @throws {InvalidRequest} for a value of the wrong type
 * @see OpenID Connect Core 1.0 §3.1.2.1 `acr_values`, §5.5.1.1
 */
export function requestedAuthentication(params: Readonly<Record<string, unknown>>): RequestedAuthentication {
  const { essential, values } = requestedAcrClaim(params['claims']);
  const acrValues = params['acr_values'];
  const voluntary = typeof acrValues === 'string' ? acrValues.split(' ').filter((value) => value !== '') : [];
  return {
    essential: essential ? values : undefined,
    voluntary: [...voluntary, ...(essential ? [] : values)],
  };
}

/** Every reference that the request names, in the order of its wishes. */
export function requestedAcrs({ essential = [], voluntary }: RequestedAuthentication): readonly string[] {
  return [...essential, ...voluntary];
}

function requestedAcrClaim(claims: unknown): { essential: boolean; values: readonly string[] } {
  const nothing = { essential: false, values: [] };
  if (typeof claims !== 'string') return nothing;
  const acr = memberOf(memberOf(JSON.parse(claims), 'id_token'), 'acr');
  if (typeof acr !== 'object' || acr === null) return nothing;
  const value = memberOf(acr, 'value');
  const values = memberOf(acr, 'values');
  if (values !== undefined && !isTexts(values)) {
    throw new errors.InvalidRequest('invalid claims.id_token.acr.values type');
  }
  if (value !== undefined && typeof value !== 'string') {
    throw new errors.InvalidRequest('invalid claims.id_token.acr.value type');
  }
  const all = value === undefined ? (values ?? []) : [value];
  return { essential: memberOf(acr, 'essential') === true && all.length > 0, values: all };
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (Reflect.get(value, name) as unknown) : undefined;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
