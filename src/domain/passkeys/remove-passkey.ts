import { lockAccount } from '../accounts/lock-account.js';
import { refuseTakeover } from '../accounts/refuse-takeover.js';
import type { Clock } from '../clock.js';
import { endAfterFactorRemoval } from '../factors/end-after-factor-removal.js';
import { sendNotice } from '../mail/send-notice.js';
import type { Grantor } from '../roles/grantor.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { passkeyNotFound } from './passkey-refused.js';
import type { Passkey } from './passkey.js';

export interface RemovePasskeyDeps {
  readonly unitOfWork: UnitOfWork<
    | 'accounts'
    | 'roles'
    | 'passkeys'
    | 'totp'
    | 'recoveryCodes'
    | 'artifactRevocation'
    | 'mailOutbox'
    | 'audit'
  >;
  readonly clock: Clock;
  readonly issuer: string;
}

/**
 * Takes a passkey away from an account, and its recovery codes with the last second factor. All that was issued to the
 * account ends, but for the session in which its owner does it.
 * @param input.keptSessionId that session; absent: none stays
 * @param input.grantor who does it for somebody that has lost it; absent: the operator, or the owner
 * @returns the passkey as it was
 * @throws {DomainError} `not_found`, `insufficient_rights` for an account that may do more than the grantor
 * @see OWASP ASVS 5.0 V7.4.2
 */
export async function removePasskey(
  deps: RemovePasskeyDeps,
  input: {
    readonly accountId: string;
    readonly passkeyId: string;
    readonly keptSessionId?: string | undefined;
    readonly grantor?: Grantor | undefined;
  },
): Promise<Passkey> {
  const { accountId, passkeyId, keptSessionId, grantor } = input;
  return deps.unitOfWork.run(async (stores) => {
    const account = await lockAccount(stores.accounts, accountId);
    await refuseTakeover(stores.roles, grantor, account);
    const removed = await stores.passkeys.remove(accountId, passkeyId);
    if (!removed) throw passkeyNotFound();
    stores.audit.record({
      type: 'passkey.removed',
      subject: { kind: 'user', id: accountId },
      details: { passkey: passkeyId, ...(await endAfterFactorRemoval(stores, accountId, keptSessionId)) },
    });
    await sendNotice({ ...deps, mailOutbox: stores.mailOutbox }, account, {
      notice: 'passkey_removed',
      at: deps.clock.now(),
      subject: removed.name,
    });
    return removed;
  });
}
