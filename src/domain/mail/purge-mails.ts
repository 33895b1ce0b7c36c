import type { Clock } from '../clock.js';
import type { MailQueue } from './mail-queue.js';

const DAY_MS = 86_400_000;
/** What was sent or given up is told of this long. */
const HISTORY_DAYS = 30;
/** The content of mails that were sent is kept this long, where it is kept at all. */
const CONTENT_DAYS = 1;

/** Forgets old mails, and the content of those that have no more use. @returns how many mails were forgotten */
export async function purgeMails({
  mailQueue,
  clock,
}: {
  readonly mailQueue: Pick<MailQueue, 'purge' | 'eraseContents'>;
  readonly clock: Clock;
}): Promise<number> {
  const now = clock.now();
  const daysAgo = (days: number): Date => new Date(now.getTime() - days * DAY_MS);
  await mailQueue.eraseContents({ sentBefore: daysAgo(CONTENT_DAYS), expiredBy: now });
  return mailQueue.purge(daysAgo(HISTORY_DAYS));
}
