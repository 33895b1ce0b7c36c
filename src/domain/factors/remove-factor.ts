import type { Grantor } from '../roles/grantor.js';
import { removePasskey, type RemovePasskeyDeps } from '../passkeys/remove-passkey.js';
import { removeTotp } from './remove-totp.js';

/** What `listCredentials` calls an authenticator. */
export const TOTP_CREDENTIAL = 'totp';

/**
 * Takes a second factor away from somebody who has lost it. All that was issued to the account ends, and its owner is
 * told by mail.
 * @param input.credentialId as `listCredentials` tells it
 * @param input.grantor who does it; absent: the operator
 * @throws {DomainError} `not_found`, `insufficient_rights` for an account that may do more than the grantor
 */
export async function removeFactor(
  deps: RemovePasskeyDeps,
  input: {
    readonly accountId: string;
    readonly credentialId: string;
    readonly grantor?: Grantor | undefined;
  },
): Promise<void> {
  const { accountId, credentialId, grantor } = input;
  if (credentialId === TOTP_CREDENTIAL) await removeTotp(deps, accountId, { grantor });
  else await removePasskey(deps, { accountId, passkeyId: credentialId, grantor });
}
