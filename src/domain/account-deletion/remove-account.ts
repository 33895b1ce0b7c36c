import type { Account } from '../accounts/account.js';
import type { AuditActor } from '../audit/audit-event.js';
import type { Stores } from '../unit-of-work.js';
import { sendNotice } from '../mail/send-notice.js';

/** Deletes an account that the unit of work has locked, with all that was issued to it, and tells its owner. */
export async function removeAccount(
  stores: Pick<Stores, 'accounts' | 'artifactRevocation' | 'mailOutbox' | 'audit'>,
  deps: { readonly issuer: string },
  account: Account,
  { at, actor }: { readonly at: Date; readonly actor: AuditActor },
): Promise<void> {
  const ended = await stores.artifactRevocation.revokeAccount(account.id);
  await stores.accounts.remove(account.id);
  stores.audit.record({
    type: 'user.deleted',
    subject: { kind: 'user', id: account.id },
    actor,
    details: { ended, wished_by_owner: true },
  });
  await sendNotice({ ...deps, ...stores }, account, { notice: 'account_deleted', at });
}
