import type { Account } from '../accounts/account.js';
import { newAccountId } from '../accounts/account-id.js';
import { lockAccount } from '../accounts/lock-account.js';
import type { Clock } from '../clock.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { sendNotice } from '../mail/send-notice.js';
import { refuseOtherDomains } from './find-identity.js';
import type { IdentityProvider } from './identity-provider.js';
import { UpstreamError } from './upstream-error.js';
import type { UpstreamLink } from './upstream-link-store.js';
import { hashUpstreamToken, readProvenIdentity, type ProvenIdentity } from './upstream-request.js';

export interface LinkIdentityDeps {
  readonly unitOfWork: UnitOfWork<'accounts' | 'upstreamLinks' | 'upstreamRequests' | 'mailOutbox' | 'audit'>;
  readonly providers: readonly IdentityProvider[];
  readonly clock: Clock;
  readonly issuer: string;
}

/**
 * Links the identity of a ticket with an account, and uses the ticket up. The caller has made sure that whoever asks has
 * proved the account, and that the ticket is meant for it.
 * @param isMeant looks at the ticket's identity once more, within the unit of work
 * @returns the link; where the person was linked with this account already, that link
 * @throws {UpstreamError} `request_invalid`, `linked_elsewhere`, `account_unusable`, `email_domain`
 */
export async function linkIdentity(
  deps: LinkIdentityDeps,
  account: Pick<Account, 'id'>,
  { ticket, isMeant }: { readonly ticket: string; readonly isMeant: (proven: ProvenIdentity) => boolean },
): Promise<UpstreamLink> {
  return deps.unitOfWork.run(async ({ accounts, upstreamLinks, upstreamRequests, mailOutbox, audit }) => {
    const now = deps.clock.now();
    const owner = await lockAccount(accounts, account.id);
    if (owner.disabled) throw new UpstreamError('account_unusable', 'The account cannot be used.');
    const content = await upstreamRequests.take(hashUpstreamToken('identity', ticket), now);
    const proven = content && readProvenIdentity(content);
    const provider = deps.providers.find(({ id }) => id === proven?.identity.providerId);
    if (!proven || !provider || !isMeant(proven)) {
      throw new UpstreamError('request_invalid', 'The ticket is unknown, used, or meant for something else.');
    }
    refuseOtherDomains(provider, proven);
    const { identity } = proven;
    const existing = await upstreamLinks.find(identity.issuer, identity.subject);
    if (existing?.accountId === owner.id) return existing;
    const link = newLink(owner, proven, now);
    if (existing || !(await upstreamLinks.insert(link))) {
      throw new UpstreamError('linked_elsewhere', 'The person is linked with another account.');
    }
    audit.record({
      type: 'upstream.linked',
      actor: { kind: 'user', id: owner.id },
      subject: { kind: 'user', id: owner.id },
      details: { provider: provider.id, link: link.id },
    });
    const about = { notice: 'upstream_linked', at: now, subject: provider.name } as const;
    await sendNotice({ ...deps, mailOutbox }, owner, about);
    return link;
  });
}

/** A link of an account with an identity. */
export function newLink({ id }: Pick<Account, 'id'>, { identity }: ProvenIdentity, at: Date): UpstreamLink {
  const { providerId, issuer, subject, email } = identity;
  return {
    id: newAccountId(at),
    accountId: id,
    providerId,
    issuer,
    subject,
    email,
    createdAt: at,
    lastUsedAt: undefined,
  };
}
