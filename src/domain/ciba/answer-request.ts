import type { Clock } from '../clock.js';
import type { UnitOfWork } from '../unit-of-work.js';
import type { BackchannelDecision, BackchannelRequest } from './backchannel-request.js';

export interface AnswerRequestDeps {
  readonly unitOfWork: UnitOfWork<'backchannelRequests' | 'audit'>;
  readonly clock: Clock;
  /** Makes the tokens of an allowed request ready, or those of a denied one refused, so that all instances see it. */
  readonly conclude: (request: BackchannelRequest, decision: BackchannelDecision) => Promise<void>;
}

/** Milliseconds after which an application is told by another instance, should this one stop before it tells itself. */
const PING_ANYWAY_MS = 15_000;

/**
 * Takes a person's answer. Only the first one counts.
 * @returns false when the request does not wait for an answer of this person any more
 */
export async function answerRequest(
  { unitOfWork, clock, conclude }: AnswerRequestDeps,
  input: { readonly id: string; readonly accountId: string; readonly decision: BackchannelDecision },
): Promise<boolean> {
  const now = clock.now();
  const request = await unitOfWork.run(async ({ backchannelRequests, audit }) => {
    const decided = await backchannelRequests.decide(input, now, new Date(now.getTime() + PING_ANYWAY_MS));
    if (decided) {
      audit.record({
        type: input.decision === 'allowed' ? 'ciba.allowed' : 'ciba.denied',
        subject: { kind: 'user', id: input.accountId },
        clientId: decided.clientId,
        details: { request: decided.id },
      });
    }
    return decided;
  });
  if (!request) return false;
  await conclude(request, input.decision);
  // Not before: an application that is told asks at once.
  if (request.wantsPing) {
    await unitOfWork.run(({ backchannelRequests }) => backchannelRequests.pingNow(request.id, clock.now()));
  }
  return true;
}
