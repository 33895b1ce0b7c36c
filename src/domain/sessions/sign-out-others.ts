import type { UnitOfWork } from '../unit-of-work.js';

export interface SignOutOthersDeps {
  readonly unitOfWork: UnitOfWork<'sessions' | 'audit'>;
}

/**
 * Ends every session of an account but one, as a logout in each would: what was issued with `offline_access` stays.
 * @param input.keptSessionId the session in which the account's owner asks
 * @returns how many sessions have ended
 */
export async function signOutOthers(
  { unitOfWork }: SignOutOthersDeps,
  input: { readonly accountId: string; readonly keptSessionId: string },
): Promise<number> {
  return unitOfWork.run(async ({ sessions, audit }) => {
    const ended = await sessions.endOthers(input.accountId, input.keptSessionId);
    for (const session of ended) {
      audit.record({
        type: 'session.ended',
        subject: { kind: 'user', id: input.accountId },
        details: { session: session.id },
      });
    }
    return ended.length;
  });
}
