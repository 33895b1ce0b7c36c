import type { JsonObject } from '../json.js';
import type { PasskeyCeremonies } from './passkey-ceremonies.js';
import { issuePasskeyChallenge, type PasskeyChallengeDeps } from './passkey-challenge.js';
import type { PasskeyStore } from './passkey-store.js';

export interface BeginPasskeySignInDeps extends PasskeyChallengeDeps {
  readonly passkeys: Pick<PasskeyStore, 'listForAccount'>;
  readonly ceremonies: Pick<PasskeyCeremonies, 'requestOptions'>;
}

/**
 * Begins a sign-in by passkey.
 * @param input.binding what alone may answer it
 * @param input.accountId whose passkeys are named. Only for somebody who has proved to be its owner before, in this
 *   browser: names of passkeys tell that the account exists. Absent: the person picks one, and nothing is told.
 * @returns what the browser asks an authenticator with
 */
export async function beginPasskeySignIn(
  deps: BeginPasskeySignInDeps,
  input: { readonly binding: string; readonly accountId?: string | undefined },
): Promise<JsonObject> {
  const challenge = await issuePasskeyChallenge(deps, input.binding);
  const allowed = input.accountId === undefined ? [] : await deps.passkeys.listForAccount(input.accountId);
  return deps.ceremonies.requestOptions({ challenge, allowed: allowed.length > 0 ? allowed : undefined });
}
