import { lockAccount } from '../accounts/lock-account.js';
import { refuseTakeover } from '../accounts/refuse-takeover.js';
import type { Clock } from '../clock.js';
import { DomainError } from '../errors.js';
import type { Grantor } from '../roles/grantor.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { endAfterFactorRemoval } from './end-after-factor-removal.js';
import { sendNotice } from '../mail/send-notice.js';

export interface RemoveTotpDeps {
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
 * Takes an account's authenticator away, and its recovery codes with the last second factor. All that was issued to the
 * account ends, but for the session in which its owner does it.
 * @param options.keptSessionId that session; absent: none stays
 * @param options.grantor who does it for somebody that has lost it; absent: the operator, or the owner
 * @throws {DomainError} `not_found` where there is none, `insufficient_rights` for an account that may do more than the
 *   grantor
 */
export async function removeTotp(
  deps: RemoveTotpDeps,
  accountId: string,
  options: { readonly keptSessionId?: string | undefined; readonly grantor?: Grantor | undefined } = {},
): Promise<void> {
  await deps.unitOfWork.run(async (stores) => {
    const account = await lockAccount(stores.accounts, accountId);
    await refuseTakeover(stores.roles, options.grantor, account);
    const now = deps.clock.now();
    const authenticator = await stores.totp.find(accountId);
    if (!(await stores.totp.remove(accountId))) {
      throw new DomainError('not_found', 'The account has no authenticator.');
    }
    stores.audit.record({
      type: 'totp.removed',
      subject: { kind: 'user', id: accountId },
      details: await endAfterFactorRemoval(stores, accountId, options.keptSessionId),
    });
    const name = authenticator?.name ?? '';
    await sendNotice({ ...deps, ...stores }, account, {
      notice: 'totp_removed',
      at: now,
      ...(name === '' ? {} : { subject: name }),
    });
  });
}
