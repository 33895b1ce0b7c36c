import type { Profile } from '../../../src/domain/accounts/account.js';
import { changeProfile } from '../../../src/domain/accounts/change-profile.js';
import { readProfileClaims } from '../../../src/domain/accounts/read-profile-claims.js';

const valid: [keyof Profile, string, string][] = [
  ['name', '  Ada Lovelace ', 'Ada Lovelace'],
  ['givenName', 'Zoe\u0308', 'Zoë'],
  ['gender', 'female', 'female'],
  ['profile', 'https://example.com/ada', 'https://example.com/ada'],
  ['picture', 'http://example.com/a b.png', 'http://example.com/a%20b.png'],
  ['website', 'https://bücher.example', 'https://xn--bcher-kva.example/'],
  ['birthdate', '1815-12-10', '1815-12-10'],
  ['birthdate', '0000-02-29', '0000-02-29'],
  ['birthdate', '2024-02-29', '2024-02-29'],
  ['birthdate', '1815', '1815'],
  ['zoneinfo', 'Europe/Berlin', 'Europe/Berlin'],
  ['zoneinfo', 'UTC', 'UTC'],
  ['locale', 'de-CH', 'de-CH'],
  ['locale', 'EN_us', 'en-US'],
  ['locale', 'zh-hant-tw', 'zh-Hant-TW'],
  ['phoneNumber', '+41 44 668 18 00', '+41446681800'],
  ['phoneNumber', '+1 (604) 555-1234', '+16045551234'],
];

const invalid: [keyof Profile, string, string][] = [
  ['name', '', 'name'],
  ['name', 'a\nb', 'name'],
  ['name', 'a\0b', 'name'],
  ['nickname', '\u202eevil', 'nickname'],
  ['familyName', 'x'.repeat(256), 'family_name'],
  ['profile', 'javascript:alert(1)', 'profile'],
  ['picture', 'data:image/png;base64,AAAA', 'picture'],
  ['website', 'example.com', 'website'],
  ['website', 'https://user:password@example.com', 'website'],
  ['website', `https://example.com/${'x'.repeat(2048)}`, 'website'],
  ['birthdate', '10.12.1815', 'birthdate'],
  ['birthdate', '1815-02-29', 'birthdate'],
  ['birthdate', '1815-13-01', 'birthdate'],
  ['birthdate', '1815-12', 'birthdate'],
  ['birthdate', '0000', 'birthdate'],
  ['zoneinfo', 'Mars/Olympus', 'zoneinfo'],
  ['zoneinfo', '+01:00', 'zoneinfo'],
  ['zoneinfo', '', 'zoneinfo'],
  ['locale', 'german', 'locale'],
  ['locale', 'x', 'locale'],
  ['locale', '', 'locale'],
  ['phoneNumber', '0446681800', 'phone_number'],
  ['phoneNumber', '+0446681800', 'phone_number'],
  ['phoneNumber', '+4144668180012345', 'phone_number'],
  ['phoneNumber', '+41 44 CALL ME', 'phone_number'],
];

describe('changing a profile', () => {
  test.each(valid)('%s takes %j', (attribute, given, stored) => {
    expect(changeProfile({}, { [attribute]: given })).toEqual({
      profile: { [attribute]: stored },
      faults: [],
    });
  });

  test.each(invalid)('%s refuses %j', (attribute, given, claim) => {
    const { faults } = changeProfile({}, { [attribute]: given });
    expect(faults).toMatchObject([{ field: claim, code: `${claim}_invalid` }]);
    expect(faults[0]?.detail).toMatch(/^\w+ must be .*\.$/);
  });

  test('keeps what is absent, takes away what is null (RFC 7396)', () => {
    const before: Profile = {
      givenName: 'Ada',
      familyName: 'Byron',
      nickname: 'A',
      address: { country: 'UK', locality: 'London' },
    };
    const changes = {
      familyName: 'Lovelace',
      nickname: null,
      givenName: undefined,
      address: { country: null, region: 'Kent' },
    };
    expect(changeProfile(before, changes).profile).toEqual({
      givenName: 'Ada',
      familyName: 'Lovelace',
      address: { locality: 'London', region: 'Kent' },
    });
    expect(changeProfile(before, { address: null }).profile.address).toBeUndefined();
    expect(changeProfile(before, { address: { country: null, locality: null } }).profile).not.toHaveProperty(
      'address',
    );
  });

  test('a new telephone number is not verified', () => {
    const before: Profile = { phoneNumber: '+41446681800', phoneNumberVerified: true };
    expect(changeProfile(before, { phoneNumber: '+41 44 668 18 00' }).profile).toEqual(before);
    expect(changeProfile(before, { phoneNumber: '+41446681801' }).profile).toEqual({
      phoneNumber: '+41446681801',
    });
    expect(changeProfile(before, { phoneNumber: null }).profile).toEqual({});
    expect(changeProfile({}, { phoneNumberVerified: true }).profile).toEqual({});
  });

  test('names every fault at once', () => {
    const { faults } = changeProfile(
      {},
      { website: 'x', locale: '!', address: { country: '\0', formatted: 'a\nb' } },
    );
    expect(faults.map(({ field }) => field).sort()).toEqual(['address/country', 'locale', 'website']);
  });
});

describe('reading profile claims', () => {
  test('takes the standard claims by their names (OpenID Connect Core §5.1)', () => {
    expect(
      readProfileClaims({
        given_name: 'Ada',
        nickname: null,
        phone_number: '+41446681800',
        phone_number_verified: true,
        address: { street_address: 'x', country: null },
      }),
    ).toEqual({
      changes: {
        givenName: 'Ada',
        nickname: null,
        phoneNumber: '+41446681800',
        phoneNumberVerified: true,
        address: { streetAddress: 'x', country: null },
      },
      faults: [],
    });
    expect(readProfileClaims({ address: null })).toEqual({ changes: { address: null }, faults: [] });
  });

  test('refuses unknown claims, those that are no profile, and wrong types, all at once', () => {
    const { faults } = readProfileClaims({
      sub: 'me',
      email_verified: true,
      roles: ['admin'],
      constructor: 'x',
      given_name: 7,
      phone_number_verified: 'yes',
      address: { planet: 'Earth', country: ['UK'] },
    });
    expect(faults.map(({ field, code }) => `${field}: ${code}`).sort()).toEqual([
      'address/country: wrong_type',
      'address/planet: unknown_claim',
      'constructor: unknown_claim',
      'email_verified: unknown_claim',
      'given_name: wrong_type',
      'phone_number_verified: wrong_type',
      'roles: unknown_claim',
      'sub: unknown_claim',
    ]);
    expect(readProfileClaims({ address: 'London' }).faults).toMatchObject([
      { field: 'address', code: 'wrong_type' },
    ]);
  });
});
