import type { JsonObject, JsonValue } from '../domain/json.js';
import { readUpstreamSession, upstreamSessionInformation } from '../domain/upstream/upstream-session.js';
import { libraryContext } from './library-context.js';

/**
 * The session at another provider that goes into a session here: the one of the sign-in that ends in this request, else
 * what the session says of it so far. A sign-in without another provider takes it away.
 * @param before what the session holds so far
 */
export function upstreamOfSession(before: JsonObject | undefined): JsonObject | undefined {
  const result: { readonly login?: unknown; readonly upstream?: unknown } =
    libraryContext()?.oidc.result ?? {};
  const isKept = result.login === undefined || result.upstream === 'as_before';
  const session = readUpstreamSession(isKept ? before?.upstream : (result.upstream as JsonValue | undefined));
  return session && upstreamSessionInformation(session);
}
