import { ADMINISTRATOR_ROLE } from '../accounts/account.js';
import type { Clock } from '../clock.js';
import { DomainError } from '../errors.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { hashSetupToken } from './setup-token.js';

export interface IssueSetupLinkDeps {
  readonly unitOfWork: UnitOfWork<'accounts' | 'setupLinks' | 'audit'>;
  readonly clock: Clock;
  /** At least 128 random bits, URL-safe. */
  readonly randomToken: () => string;
  /** The issuer identifier. */
  readonly issuer: string;
}

export interface SetupLink {
  /** The token is in the fragment, which no server, proxy or log sees. */
  readonly url: string;
  readonly expiresAt: Date;
}

/** Seconds. */
export const SETUP_LINK_LIFETIME = 24 * 60 * 60;

/**
 * Makes a link by which an administrator can be set up once; an earlier one ends.
 * @param request.automatic whether the server asks at its start, which is refused once there is an administrator;
 *   an operator who asks on the machine itself always gets one
 * @throws {DomainError} `setup_already_done`
 */
export async function issueSetupLink(
  deps: IssueSetupLinkDeps,
  request: { readonly automatic: boolean },
): Promise<SetupLink> {
  const token = deps.randomToken();
  const expiresAt = new Date(deps.clock.now().getTime() + SETUP_LINK_LIFETIME * 1000);
  await deps.unitOfWork.run(async ({ accounts, setupLinks, audit }) => {
    if (request.automatic && (await accounts.countEnabledWithRole(ADMINISTRATOR_ROLE)) > 0) {
      throw new DomainError('setup_already_done', 'There is an administrator already.');
    }
    await setupLinks.replace(hashSetupToken(token), expiresAt);
    audit.record({ type: 'setup_link.issued', details: { automatic: request.automatic } });
  });
  return { url: `${deps.issuer.replace(/\/$/, '')}/setup#${token}`, expiresAt };
}
