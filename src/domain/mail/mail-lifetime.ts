import type { Mail } from './mail.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
/** What holds no link with an end of its own is worth sending this long, seconds. */
const WITHOUT_END = 3 * 24 * HOUR;

/**
 * How long a mail is worth sending: as long as its link works.
 * @returns seconds
 */
export function mailLifetime({ values }: Pick<Mail, 'values'>): number {
  if ('minutes' in values) return values.minutes * MINUTE;
  if ('hours' in values) return values.hours * HOUR;
  return WITHOUT_END;
}
