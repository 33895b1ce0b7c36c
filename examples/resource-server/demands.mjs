import { Refusal } from './refusal.mjs';

/** What is as good as two factors: a passkey is better. The first is what an application is told to ask for. */
export const TWO_FACTORS = ['https://refeds.org/profile/mfa', 'phr'];

/**
 * Refuses a caller whose token, or whose way to sign in, does not suffice for what they want.
 * @param {import('./access-tokens.mjs').Caller} caller
 * @param {{ scope: string, acrValues?: string[], maxAge?: number }} demand `maxAge` in seconds since the sign-in
 * @throws {Refusal} 403 for a scope that is missing, 401 for a sign-in that is too weak or too old
 * @see RFC 6750 §3.1, RFC 9470 §3
 */
export function demand({ scope: granted = '', acr, auth_time: authTime }, { scope, acrValues, maxAge }) {
  if (!granted.split(' ').includes(scope)) throw new Refusal(403, { error: 'insufficient_scope', scope });
  const isStrong = acrValues === undefined || acrValues.includes(acr);
  const isFresh = maxAge === undefined || (authTime !== undefined && Date.now() / 1000 - authTime <= maxAge);
  if (isStrong && isFresh) return;
  // Both are told, so that the application need not come back for the other.
  throw new Refusal(401, {
    error: 'insufficient_user_authentication',
    error_description: 'This needs a stronger or newer sign-in.',
    ...(acrValues && { acr_values: acrValues[0] }),
    ...(maxAge !== undefined && { max_age: String(maxAge) }),
  });
}
