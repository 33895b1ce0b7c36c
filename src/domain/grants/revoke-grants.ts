import { lockAccount } from '../accounts/lock-account.js';
import { refuseTakeover } from '../accounts/refuse-takeover.js';
import type { Grantor } from '../roles/grantor.js';
import type { UnitOfWork } from '../unit-of-work.js';

export interface RevokeGrantsDeps {
  readonly unitOfWork: UnitOfWork<'accounts' | 'roles' | 'consents' | 'grants' | 'audit'>;
}

/** What there was to take back. */
export interface RevokedGrants {
  /** Whether consent was remembered. */
  readonly consent: boolean;
  /** How many grants ended. */
  readonly grants: number;
}

/**
 * Takes back what a client may do for an account: the remembered consent, every grant, and all tokens and codes of
 * these, in one unit of work. Next time the client has to ask again. The session of the person stays.
 * @param input.accountId the account's id
 * @param input.clientId the client's id; one that does not exist has nothing that could be taken back
 * @param grantor who does it on behalf of the owner; absent: the operator, or the owner
 * @throws {DomainError} `not_found` for the account, `insufficient_rights` for one that may do more than the grantor
 */
export async function revokeGrants(
  { unitOfWork }: RevokeGrantsDeps,
  input: { readonly accountId: string; readonly clientId: string },
  grantor?: Grantor,
): Promise<RevokedGrants> {
  return unitOfWork.run(async ({ accounts, roles, consents, grants, audit }) => {
    const account = await lockAccount(accounts, input.accountId);
    await refuseTakeover(roles, grantor, account);
    const { id } = account;
    const consent = await consents.remove(id, input.clientId);
    const count = await grants.revoke(id, input.clientId);
    const circumstances = { subject: { kind: 'user', id }, clientId: input.clientId } as const;
    if (consent) audit.record({ ...circumstances, type: 'consent.revoked' });
    if (count > 0) audit.record({ ...circumstances, type: 'grant.revoked', details: { grants: count } });
    return { consent, grants: count };
  });
}
