import type { MailRecord } from '../mail/mail-queue.js';
import { fine, warning, type Finding } from './finding.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Whether mails go out.
 * @param mails.dead the newest of those that were given up
 * @param mails.pending the newest of those that are still to be sent
 */
export function checkMailOutbox(
  mails: { readonly dead: readonly MailRecord[]; readonly pending: readonly MailRecord[] },
  now: Date,
): readonly Finding[] {
  const findings: Finding[] = [];
  const dead = mails.dead.filter(({ settledAt }) => (settledAt?.getTime() ?? 0) > now.getTime() - DAY_MS);
  if (dead.length > 0) {
    const faults = [...new Set(dead.map(({ fault = 'failed' }) => fault))].join(', ');
    findings.push(
      warning(
        'outbox.dead',
        `${atLeast(dead.length)} mails were given up within a day (${faults}).`,
        'Mend the cause, then send them again: latchkey mail retry --dead',
      ),
    );
  }
  const waiting = mails.pending.filter(({ createdAt }) => createdAt.getTime() < now.getTime() - HOUR_MS);
  if (waiting.length > 0) {
    findings.push(
      warning(
        'outbox.waiting',
        `${atLeast(waiting.length)} mails wait for more than an hour.`,
        'See why: latchkey mail list --state pending. A server has to run, and to reach the mail server.',
      ),
    );
  }
  return findings.length > 0 ? findings : [fine('outbox.empty', 'No mail was given up or waits.')];
}

/** Mails that are looked at, of each state. */
export const LOOKED_AT = 100;

function atLeast(count: number): string {
  return count >= LOOKED_AT ? `${LOOKED_AT} or more` : String(count);
}
