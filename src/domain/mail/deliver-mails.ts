import { normalizeLogin } from '../accounts/normalize-login.js';
import type { Clock } from '../clock.js';
import type { UnitOfWork } from '../unit-of-work.js';
import type { Mails } from './mail.js';
import type { LeasedMail, MailFault, MailOutcome } from './mail-queue.js';
import type { Mailer } from './mailer.js';

/** Seconds to wait after each try that failed for now; after the last of them a mail is given up. */
export const RETRY_SECONDS: readonly number[] = [10, 60, 300, 1_800, 7_200, 21_600, 43_200, 86_400];

/** Longer than any try takes, so that a mail is tried by one worker at a time. Seconds. */
export const LEASE_SECONDS = 300;

/** Mails taken at a time. */
const BATCH = 10;

/** An hour, in seconds: the time over which mails to one address are counted. */
const LIMIT_WINDOW_SECONDS = 3_600;
/** Mails of one kind to one address within the window. */
const MOST_OF_A_KIND = 5;
/** More, since whoever changes many things at once must not hide one of them from the owner. */
const MOST_NOTICES = 30;

/** What is told of a try. No address and nothing that a mail says. */
export interface MailReport {
  readonly kind: keyof Mails | undefined;
  readonly attempt: number;
  readonly state: MailOutcome['state'];
  readonly fault: MailFault | undefined;
}

export interface DeliverMailsDeps {
  readonly unitOfWork: UnitOfWork<'mailQueue' | 'audit'>;
  readonly mailer: Mailer;
  readonly clock: Clock;
  /** Whether what was sent can be read afterwards, for the mail page in development. */
  readonly keepSent: boolean;
  readonly report: (report: MailReport) => void;
}

/**
 * Takes mails that are due and tries each of them once. Several workers may do so at the same time: a mail is sent twice
 * only when a worker dies between the mail server's answer and writing it down.
 * @returns how many mails were taken; there may be more when it is not 0
 */
export async function deliverMails(deps: DeliverMailsDeps): Promise<number> {
  const now = deps.clock.now();
  const leased = await deps.unitOfWork.run(({ mailQueue }) =>
    mailQueue.lease({
      now,
      until: secondsAfter(now, LEASE_SECONDS),
      countSince: secondsAfter(now, -LIMIT_WINDOW_SECONDS),
      most: BATCH,
    }),
  );
  const taken = new Map<string, number>();
  const withCounts = leased.map((one) => {
    const key = one.mail && `${one.mail.kind} ${normalizeLogin(one.mail.to)}`;
    const before = key === undefined ? 0 : (taken.get(key) ?? 0);
    if (key !== undefined) taken.set(key, before + 1);
    return { one, sentBefore: one.sentLately + before };
  });
  await Promise.all(withCounts.map(({ one, sentBefore }) => deliverOne(deps, one, sentBefore)));
  return leased.length;
}

async function deliverOne(deps: DeliverMailsDeps, leased: LeasedMail, sentBefore: number): Promise<void> {
  const outcome = await attempt(deps, leased, sentBefore);
  const isDropped = outcome.state === 'dead' && outcome.fault === 'too_many';
  const settled = await deps.unitOfWork.run(async ({ mailQueue, audit }) => {
    const isMine = await mailQueue.settle(leased, outcome);
    if (isMine && isDropped) {
      const accountId = leased.mail?.accountId;
      audit.record({
        type: 'mail.dropped',
        ...(accountId === undefined ? {} : { subject: { kind: 'user', id: accountId } }),
        details: { mail: leased.id, kind: leased.mail?.kind ?? null, reason: outcome.fault },
      });
    }
    return isMine;
  });
  if (!settled) return;
  deps.report({
    kind: leased.mail?.kind,
    attempt: leased.attempt,
    state: outcome.state,
    fault: outcome.state === 'sent' ? undefined : outcome.fault,
  });
}

async function attempt(deps: DeliverMailsDeps, leased: LeasedMail, sentBefore: number): Promise<MailOutcome> {
  const { mail } = leased;
  const givenUp = (fault: MailFault, keepContent: boolean): MailOutcome => ({
    state: 'dead',
    at: deps.clock.now(),
    fault,
    keepContent,
  });
  if (!mail) return givenUp('unreadable', false);
  if (leased.expiresAt <= deps.clock.now()) return givenUp('expired', false);
  if (sentBefore >= (mail.kind === 'notice' ? MOST_NOTICES : MOST_OF_A_KIND)) {
    return givenUp('too_many', false);
  }
  const delivery = await deps.mailer.deliver(leased.id, mail);
  const at = deps.clock.now();
  if (delivery.delivered) return { state: 'sent', at, keepContent: deps.keepSent };
  const wait = RETRY_SECONDS[leased.attempt - 1];
  // Kept, so that an operator can mend the cause and try again for as long as the mail is worth it.
  if (delivery.permanent || wait === undefined) return givenUp(delivery.fault, true);
  return { state: 'pending', nextAttemptAt: secondsAfter(at, wait), fault: delivery.fault };
}

function secondsAfter(at: Date, seconds: number): Date {
  return new Date(at.getTime() + seconds * 1000);
}
