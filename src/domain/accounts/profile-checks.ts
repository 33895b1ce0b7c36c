import { parseUrl } from '../url.js';

/** Checks one attribute. @returns the value as it is stored, or what would be right */
export type ProfileCheck = (value: string) => { readonly value: string } | { readonly detail: string };

/** Characters. */
const LONGEST_LINE = 255;
const LONGEST_TEXT = 1000;
const LONGEST_URL = 2048;

const UNSEEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u;
const UNSEEN_BUT_LINE_BREAKS = /[^\P{Cc}\r\n]|[\p{Cs}\u202A-\u202E\u2066-\u2069]/u;

/** Text of one line. */
export const line: ProfileCheck = (text) => {
  const value = text.trim().normalize('NFC');
  if (value === '' || value.length > LONGEST_LINE || UNSEEN.test(value)) {
    return { detail: `must be 1 to ${LONGEST_LINE} characters on one line, without control characters` };
  }
  return { value };
};

/** Text of several lines. */
export const lines: ProfileCheck = (text) => {
  const value = text.trim().normalize('NFC').replace(/\r\n?/g, '\n');
  if (value === '' || value.length > LONGEST_TEXT || UNSEEN_BUT_LINE_BREAKS.test(value)) {
    return { detail: `must be 1 to ${LONGEST_TEXT} characters, without control characters` };
  }
  return { value };
};

/** The address of a page or picture on the web. */
export const webAddress: ProfileCheck = (text) => {
  const value = text.trim();
  const url = parseUrl(value);
  const fits =
    url !== undefined &&
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    url.username === '' &&
    url.password === '' &&
    url.href.length <= LONGEST_URL;
  return fits ? { value: url.href } : { detail: 'must be a URL that begins with https:// or http://' };
};

/** A day of the calendar; the year may be 0000 (kept private), and may stand alone. */
export const birthdate: ProfileCheck = (text) => {
  const value = text.trim();
  const parts = /^(\d{4})(?:-(\d{2})-(\d{2}))?$/.exec(value);
  const [, year, month, day] = parts ?? [];
  const exists =
    year !== undefined &&
    (month === undefined || day === undefined
      ? year !== '0000'
      : isDay(Number(year), Number(month), Number(day)));
  return exists
    ? { value }
    : { detail: 'must be a date such as 1990-12-31, 0000-12-31 without the year, or 1990 alone' };
};

/** Asked first: to make a formatter takes fifty times as long, which counts in an import. */
const WELL_KNOWN_ZONES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('timeZone'));

/** A time zone of the IANA database. */
export const timeZone: ProfileCheck = (text) => {
  const value = text.trim();
  if (WELL_KNOWN_ZONES.has(value)) return { value };
  // Intl takes offsets such as +01:00 too; they are no zones of the database.
  if (/^[A-Za-z]/.test(value) && isAccepted(() => new Intl.DateTimeFormat('en', { timeZone: value }))) {
    return { value };
  }
  return { detail: 'must be a time zone such as Europe/Berlin' };
};

/** A language tag, answered in its canonical form. @see RFC 5646 (BCP 47) */
export const languageTag: ProfileCheck = (text) => {
  const tag = text.trim().replaceAll('_', '-');
  if (tag !== '' && isAccepted(() => new Intl.Locale(tag))) {
    const locale = new Intl.Locale(tag);
    // Well-formed, but reserved: names such as `german` would pass for languages.
    if (locale.language.length <= 3) return { value: locale.toString() };
  }
  return { detail: 'must be a language tag such as en or de-CH' };
};

/** A telephone number; spaces, dots, hyphens and parentheses are taken out. @see ITU-T E.164 */
export const phoneNumber: ProfileCheck = (text) => {
  const value = text.replace(/[\s().-]/g, '');
  return /^\+[1-9]\d{5,14}$/.test(value)
    ? { value }
    : { detail: 'must be a telephone number with its country code, such as +41446681800' };
};

function isDay(year: number, month: number, day: number): boolean {
  // A leap year stands in for a year that is kept private: 0000-02-29 is a birthday.
  const date = new Date(Date.UTC(year === 0 ? 2000 : year, month - 1, day));
  if (year > 0 && year < 100) date.setUTCFullYear(year);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function isAccepted(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
