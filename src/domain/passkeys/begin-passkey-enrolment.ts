import type { Account } from '../accounts/account.js';
import { fullName } from '../accounts/account-claims.js';
import type { JsonObject } from '../json.js';
import type { KeyedHash } from '../sealing.js';
import type { PasskeyCeremonies } from './passkey-ceremonies.js';
import { issuePasskeyChallenge, type PasskeyChallengeDeps } from './passkey-challenge.js';
import { tooManyPasskeys } from './passkey-refused.js';
import type { PasskeyStore } from './passkey-store.js';
import { MAX_PASSKEYS } from './passkey.js';
import { userHandleOf } from './user-handle.js';

export interface BeginPasskeyEnrolmentDeps extends PasskeyChallengeDeps {
  readonly passkeys: Pick<PasskeyStore, 'listForAccount'>;
  readonly ceremonies: Pick<PasskeyCeremonies, 'creationOptions'>;
  readonly userHandleHash: KeyedHash;
}

/**
 * Begins to give an account a passkey.
 * @param binding what alone may answer it, for instance the session of the account's owner
 * @returns what the browser asks an authenticator with
 * @throws {DomainError} `passkey_limit_reached`
 */
export async function beginPasskeyEnrolment(
  deps: BeginPasskeyEnrolmentDeps,
  account: Account,
  binding: string,
): Promise<JsonObject> {
  const excluded = await deps.passkeys.listForAccount(account.id);
  if (excluded.length >= MAX_PASSKEYS) throw tooManyPasskeys(MAX_PASSKEYS);
  return deps.ceremonies.creationOptions({
    challenge: await issuePasskeyChallenge(deps, binding),
    userHandle: userHandleOf(deps.userHandleHash, account.id),
    userName: account.email,
    displayName: fullName(account.profile) ?? account.email,
    excluded,
  });
}
