import type { Locale } from './locale.js';

/**
 * A date and time as people read it.
 * @param at RFC 3339
 * @param timeZone IANA name; one that is unknown here counts as UTC
 */
export function dateText({ tag }: Pick<Locale, 'tag'>, at: string, timeZone: string): string {
  const format = (zone: string): string =>
    new Intl.DateTimeFormat(tag, {
      dateStyle: 'medium',
      timeStyle: 'short',
      timeZone: zone,
    }).format(new Date(at)) + (zone === 'UTC' ? ' UTC' : '');
  try {
    return format(timeZone);
  } catch {
    return format('UTC');
  }
}
