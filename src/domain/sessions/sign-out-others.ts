import type { UnitOfWork } from '../unit-of-work.js';

export interface SignOutOthersDeps {
  readonly unitOfWork: UnitOfWork<'sessions' | 'rememberedDevices' | 'audit'>;
}

/**
 * Ends every session of an account but one, as a logout in each would: what was issued with `offline_access` stays. No
 * browser is remembered any more: whoever sits at one of them, and knows the password, needs the second factor again.
 * @param input.keptSessionId the session in which the account's owner asks
 * @returns how many sessions have ended
 */
export async function signOutOthers(
  { unitOfWork }: SignOutOthersDeps,
  input: { readonly accountId: string; readonly keptSessionId: string },
): Promise<number> {
  return unitOfWork.run(async ({ sessions, rememberedDevices, audit }) => {
    const ended = await sessions.endOthers(input.accountId, input.keptSessionId);
    await rememberedDevices.removeAccount(input.accountId);
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
