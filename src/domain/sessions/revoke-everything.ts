import type { UnitOfWork } from '../unit-of-work.js';

export interface RevokeEverythingDeps {
  readonly unitOfWork: UnitOfWork<'artifactRevocation' | 'audit'>;
}

/**
 * Ends every session, grant, token and code of everybody, people and services, in one unit of work: after an incident in
 * which nobody knows whose were taken. Everybody can sign in again, and what they have consented to stays remembered.
 * Only for the operator, whom no session or token has to let in again.
 * @returns how many sessions, grants, tokens and codes ended
 */
export async function revokeEverything({ unitOfWork }: RevokeEverythingDeps): Promise<number> {
  return unitOfWork.run(async ({ artifactRevocation, audit }) => {
    const ended = await artifactRevocation.revokeEverything();
    audit.record({ type: 'everybody.signed_out', details: { ended } });
    return ended;
  });
}
