import { dateText } from '../../src/http/date-text.js';

describe('dateText', () => {
  const at = '2026-11-23T23:30:00.000Z';

  it.each([
    ['en', 'Europe/Berlin', /^Nov 24, 2026, 12:30.AM$/],
    ['de', 'Europe/Berlin', /^24\.11\.2026, 00:30$/],
    ['en', 'UTC', /^Nov 23, 2026, 11:30.PM UTC$/],
    ['en', 'Europe/Nowhere', /^Nov 23, 2026, 11:30.PM UTC$/],
    ['en', '', /^Nov 23, 2026, 11:30.PM UTC$/],
  ])('writes the time in %s for %j', (tag, timeZone, expected) => {
    expect(dateText({ tag }, at, timeZone)).toMatch(expected);
  });
});
