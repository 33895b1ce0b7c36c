import type { Clock } from '../clock.js';
import { sendNotice } from '../mail/send-notice.js';
import { lockAccount } from '../accounts/lock-account.js';
import { refuseTakeover } from '../accounts/refuse-takeover.js';
import type { Account } from '../accounts/account.js';
import type { Grantor } from '../roles/grantor.js';
import type { UnitOfWork } from '../unit-of-work.js';

export interface SignOutEverywhereDeps {
  readonly unitOfWork: UnitOfWork<'accounts' | 'roles' | 'artifactRevocation' | 'mailOutbox' | 'audit'>;
  readonly clock: Clock;
  readonly issuer: string;
}

/**
 * Ends every session, grant, token and code of an account in one unit of work. The person can sign in again, and what
 * they have consented to stays remembered.
 * @param id the account's id
 * @param grantor who does it on behalf of the owner; absent: the operator, or the owner
 * @throws {DomainError} `not_found`, `insufficient_rights` for an account that may do more than the grantor
 */
export async function signOutEverywhere(
  { unitOfWork, clock, issuer }: SignOutEverywhereDeps,
  id: string,
  grantor?: Grantor,
): Promise<Account> {
  return unitOfWork.run(async ({ accounts, roles, artifactRevocation, mailOutbox, audit }) => {
    const account = await lockAccount(accounts, id);
    await refuseTakeover(roles, grantor, account);
    const ended = await artifactRevocation.revokeAccount(account.id);
    audit.record({
      type: 'user.signed_out_everywhere',
      subject: { kind: 'user', id: account.id },
      details: { ended },
    });
    await sendNotice({ mailOutbox, issuer }, account, { notice: 'signed_out_everywhere', at: clock.now() });
    return account;
  });
}
