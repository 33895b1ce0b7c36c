import type { Clock } from '../clock.js';
import { DomainError } from '../errors.js';
import type { UnitOfWork } from '../unit-of-work.js';

export interface RevokeInvitationDeps {
  readonly unitOfWork: UnitOfWork<'invitations' | 'audit'>;
  readonly clock: Clock;
}

/**
 * Takes an invitation back: its link works no more.
 * @throws {DomainError} `not_found`
 */
export async function revokeInvitation(
  { unitOfWork, clock }: RevokeInvitationDeps,
  id: string,
): Promise<void> {
  await unitOfWork.run(async ({ invitations, audit }) => {
    if (!(await invitations.redeem(id, clock.now()))) {
      throw new DomainError('not_found', 'There is no such invitation.');
    }
    audit.record({ type: 'invitation.revoked', details: { id } });
  });
}
