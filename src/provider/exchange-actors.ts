import type { JsonObject } from '../domain/json.js';
import type { TokenExchangePolicy } from '../domain/resources/token-exchange-policy.js';
import type { SubjectToken } from './subject-tokens.js';

/** Who acts, by token. */
const actors = new WeakMap<object, JsonObject>();

/**
 * Notes who acts with an exchanged token. Who acted before stays told.
 * @see RFC 8693 §4.1
 */
export function tellActor(
  token: object,
  { client, delegation }: TokenExchangePolicy,
  { act }: Pick<SubjectToken, 'act'>,
): void {
  if (delegation) actors.set(token, { sub: client, ...(act === undefined ? {} : { act }) });
  else if (act !== undefined) actors.set(token, act);
}

/** For the library's `extraTokenClaims`: exchanged tokens tell who acts, as JWTs and at introspection. */
export function exchangeClaims(_ctx: unknown, token: object): { act: JsonObject } | undefined {
  const act = actors.get(token);
  return act && { act };
}
