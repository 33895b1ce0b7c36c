import type { Clock } from '../clock.js';
import type { UnitOfWork } from '../unit-of-work.js';
import type { IdentityMeaning } from './find-identity.js';
import { UpstreamError } from './upstream-error.js';
import { hashUpstreamToken } from './upstream-request.js';

export interface SignInByUpstreamDeps {
  readonly unitOfWork: UnitOfWork<'accounts' | 'upstreamLinks' | 'upstreamRequests' | 'audit'>;
  readonly clock: Clock;
}

/**
 * Uses the ticket of somebody up whose identity is linked.
 * @throws {UpstreamError} `request_invalid`, also to all but one of those who use it at the same time;
 *   `account_unusable` where the account, or the link, is gone meanwhile
 */
export async function signInByUpstream(
  deps: SignInByUpstreamDeps,
  ticket: string,
  meaning: IdentityMeaning & { readonly kind: 'linked' },
): Promise<void> {
  const { account, proven, provider } = meaning;
  const { identity, purpose } = proven;
  await deps.unitOfWork.run(async ({ accounts, upstreamLinks, upstreamRequests, audit }) => {
    const now = deps.clock.now();
    const content = await upstreamRequests.take(hashUpstreamToken('identity', ticket), now);
    if (!content) throw new UpstreamError('request_invalid', 'The ticket is used.');
    const current = await accounts.findById(account.id);
    const link = await upstreamLinks.find(identity.issuer, identity.subject);
    if (!current || current.disabled || link?.accountId !== account.id) {
      throw new UpstreamError('account_unusable', 'The account cannot be used.');
    }
    await upstreamLinks.noteUse(link.id, now);
    const user = { kind: 'user', id: account.id } as const;
    audit.record({
      type: 'sign_in.succeeded',
      actor: user,
      subject: user,
      clientId: purpose.kind === 'sign_in' ? purpose.clientId : undefined,
      details: { method: 'upstream', provider: provider.id },
    });
  });
}
