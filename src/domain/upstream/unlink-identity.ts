import { lockAccount } from '../accounts/lock-account.js';
import { refuseTakeover } from '../accounts/refuse-takeover.js';
import type { Clock } from '../clock.js';
import { DomainError } from '../errors.js';
import type { Grantor } from '../roles/grantor.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { sendNotice } from '../mail/send-notice.js';
import type { IdentityProvider } from './identity-provider.js';
import type { UpstreamLink } from './upstream-link-store.js';

export interface UnlinkIdentityDeps {
  readonly unitOfWork: UnitOfWork<
    'accounts' | 'roles' | 'upstreamLinks' | 'passkeys' | 'artifactRevocation' | 'mailOutbox' | 'audit'
  >;
  readonly providers: readonly IdentityProvider[];
  readonly clock: Clock;
  readonly issuer: string;
}

/** Who takes a link away. */
export type Unlinker =
  /** Its owner: not the last way to sign in, and their session goes on. */
  | { readonly kind: 'owner'; readonly sessionId: string }
  /** An administrator, or the operator where no grantor is named: also the last way. */
  | { readonly kind: 'administrator'; readonly grantor?: Grantor | undefined };

/**
 * Takes the link with another provider away. Everything that was issued to the account ends, but for its owner's session.
 * @param link id of the link
 * @throws {DomainError} `not_found`, `last_way_to_sign_in`, `insufficient_rights`
 */
export async function unlinkIdentity(
  deps: UnlinkIdentityDeps,
  account: { readonly id: string; readonly link: string },
  by: Unlinker,
): Promise<void> {
  await deps.unitOfWork.run(async (stores) => {
    const { accounts, roles, upstreamLinks, artifactRevocation, mailOutbox, audit } = stores;
    const owner = await lockAccount(accounts, account.id);
    if (by.kind === 'administrator') await refuseTakeover(roles, by.grantor, owner);
    const links = await upstreamLinks.list(owner.id);
    const link = links.find(({ id }) => id === account.link);
    if (!link) throw new DomainError('not_found', 'The account has no such link.');
    if (by.kind === 'owner' && !(await hasAnotherWay(deps, stores, owner.email, links, link))) {
      throw new DomainError(
        'last_way_to_sign_in',
        'This is the only way to sign in to the account. Set a password or add a passkey first.',
      );
    }
    await upstreamLinks.remove(owner.id, link.id);
    const kept = by.kind === 'owner' ? by.sessionId : undefined;
    const ended = await artifactRevocation.revokeAccount(owner.id, kept);
    audit.record({
      type: 'upstream.unlinked',
      subject: { kind: 'user', id: owner.id },
      details: { provider: link.providerId, link: link.id, ended },
    });
    const subject = deps.providers.find(({ id }) => id === link.providerId)?.name ?? link.providerId;
    const about = { notice: 'upstream_unlinked', at: deps.clock.now(), subject } as const;
    await sendNotice({ ...deps, mailOutbox }, owner, about);
  });
}

/** Whether the account can sign in without the link: by a password, a passkey, or a provider that is still there. */
async function hasAnotherWay(
  { providers }: UnlinkIdentityDeps,
  stores: Parameters<Parameters<UnlinkIdentityDeps['unitOfWork']['run']>[0]>[0],
  email: string,
  links: readonly UpstreamLink[],
  link: UpstreamLink,
): Promise<boolean> {
  const record = await stores.accounts.findByLogin(email);
  if (record?.passwordHash !== undefined) return true;
  if ((await stores.passkeys.countFor(link.accountId)) > 0) return true;
  return links.some(({ id, providerId }) => id !== link.id && providers.some((one) => one.id === providerId));
}
