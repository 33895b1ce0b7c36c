import { refuseTakeover } from '../accounts/refuse-takeover.js';
import { DomainError } from '../errors.js';
import type { Grantor } from '../roles/grantor.js';
import type { UnitOfWork } from '../unit-of-work.js';
import type { Session } from './session.js';

export interface EndSessionDeps {
  readonly unitOfWork: UnitOfWork<'accounts' | 'roles' | 'sessions' | 'rememberedDevices' | 'audit'>;
}

/**
 * Ends one session, as a logout does: what was issued without `offline_access` ends with it.
 * @param input.sessionId the session's id
 * @param input.accountId where given, only a session of this account
 * @param input.forgetBrowsers for a session in another browser, which nobody may trust any more: none is remembered after it
 * @param grantor who ends it; absent: the operator, or the session's owner
 * @throws {DomainError} `not_found`, `insufficient_rights` for a session of an account that may do more than the grantor
 */
export async function endSession(
  deps: EndSessionDeps,
  input: {
    readonly sessionId: string;
    readonly accountId?: string | undefined;
    readonly forgetBrowsers?: boolean;
  },
  grantor?: Grantor,
): Promise<Session> {
  const { sessionId, accountId } = input;
  return deps.unitOfWork.run(async ({ accounts, roles, sessions, rememberedDevices, audit }) => {
    const session = await sessions.end(sessionId, accountId);
    if (session === undefined) throw new DomainError('not_found', 'There is no such session.');
    // Whose it is is known only now; a refusal undoes the end of the session with the rest of the unit of work.
    const account = await accounts.findById(session.accountId);
    if (account !== undefined) await refuseTakeover(roles, grantor, account);
    if (input.forgetBrowsers === true) await rememberedDevices.removeAccount(session.accountId);
    audit.record({
      type: 'session.ended',
      subject: { kind: 'user', id: session.accountId },
      details: { session: session.id },
    });
    return session;
  });
}
