import { placeOf } from '../../../src/domain/sessions/place-of.js';

describe('placeOf', () => {
  it.each([
    ['203.0.113.7', '203.0.0.0/16'],
    ['::ffff:203.0.113.7', '203.0.0.0/16'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
    ['2001:db8::1', '2001:db8:0::/48'],
    ['fe80::1%eth0', 'fe80:0:0::/48'],
    ['::1', '0:0:0::/48'],
  ])('tells of %s only %s', (address, place) => {
    expect(placeOf(address)).toBe(place);
  });

  it.each(['', 'unknown', '203.0.113', '<b>'])('knows no place of %j', (text) => {
    expect(placeOf(text)).toBeUndefined();
  });
});
