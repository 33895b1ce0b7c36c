import type { UnitOfWork } from '../unit-of-work.js';
import type { Clock } from '../clock.js';
import { UpstreamError } from './upstream-error.js';
import {
  hashUpstreamToken,
  provenIdentityInformation,
  readProvenIdentity,
  UPSTREAM_SECONDS,
} from './upstream-request.js';

export interface WishLinkDeps {
  readonly unitOfWork: UnitOfWork<'upstreamRequests'>;
  readonly clock: Clock;
  readonly randomToken: () => string;
}

/**
 * Notes that the person wants the identity of a ticket linked with an account, which they still have to prove.
 * @returns another ticket, in place of the one given
 * @throws {UpstreamError} `request_invalid`
 */
export async function wishLink(deps: WishLinkDeps, ticket: string, accountId: string): Promise<string> {
  const next = deps.randomToken();
  await deps.unitOfWork.run(async ({ upstreamRequests }) => {
    const now = deps.clock.now();
    const content = await upstreamRequests.take(hashUpstreamToken('identity', ticket), now);
    const proven = content && readProvenIdentity(content);
    if (!proven) throw new UpstreamError('request_invalid', 'The ticket is unknown or used.');
    await upstreamRequests.add({
      tokenHash: hashUpstreamToken('identity', next),
      content: provenIdentityInformation({ ...proven, linkAccountId: accountId }),
      expiresAt: new Date(now.getTime() + UPSTREAM_SECONDS * 1000),
    });
  });
  return next;
}
