import type { Clock } from '../clock.js';
import type { UnitOfWork } from '../unit-of-work.js';
import type { BackchannelAsk } from './backchannel-request.js';

/** The page on which people answer. */
export const REQUESTS_PATH = '/account/requests';

/** Requests that may wait for one person's answer at a time. */
const MOST_WAITING = 3;
/** Requests to one person within an hour, so that nobody wears anybody out until they agree. */
const MOST_PER_HOUR = 10;
const HOUR_MS = 3_600_000;

export interface AskPersonDeps {
  readonly unitOfWork: UnitOfWork<'accounts' | 'backchannelRequests' | 'mailOutbox' | 'audit'>;
  readonly clock: Clock;
  readonly issuer: string;
}

/**
 * Puts a request before a person: on the page of the account, and by a mail that leads there.
 * @param clientName what people know the application by
 * @returns false when the person has been asked too often
 * @see OpenID Connect CIBA Core 1.0 §7.1, §15
 */
export async function askPerson(
  { unitOfWork, clock, issuer }: AskPersonDeps,
  ask: BackchannelAsk,
  clientName: string,
): Promise<boolean> {
  return unitOfWork.run(async ({ accounts, backchannelRequests, mailOutbox, audit }) => {
    const now = clock.now();
    const account = await accounts.findById(ask.accountId);
    if (!account) return false;
    const id = await backchannelRequests.add(ask, now, {
      waiting: MOST_WAITING,
      since: new Date(now.getTime() - HOUR_MS),
      most: MOST_PER_HOUR,
    });
    if (id === undefined) return false;
    const minutes = Math.ceil((ask.expiresAt.getTime() - now.getTime()) / 60_000);
    if (account.emailVerified) {
      await mailOutbox.add({
        kind: 'approval-request',
        to: account.email,
        locale: account.profile.locale,
        accountId: account.id,
        values: {
          link: `${issuer}${REQUESTS_PATH}`,
          clientName,
          message: ask.bindingMessage,
          until: ask.expiresAt.toISOString(),
          minutes,
        },
      });
    }
    audit.record({
      type: 'ciba.requested',
      actor: { kind: 'client', id: ask.clientId },
      subject: { kind: 'user', id: ask.accountId },
      clientId: ask.clientId,
      details: { request: id, scope: ask.scopes.join(' ') },
    });
    return true;
  });
}
