import {
  accountClaims,
  fullName,
  STANDARD_SCOPE_CLAIMS,
} from '../../../src/domain/accounts/account-claims.js';
import { accountWith } from '../../storage/conformance/account-store.js';

describe('the claims of an account (OpenID Connect Core §5.1)', () => {
  test('have the standard names and types', () => {
    const account = accountWith({
      email: 'ada@example.com',
      emailVerified: true,
      username: 'ada',
      profile: {
        givenName: 'Ada',
        middleName: 'King',
        familyName: 'Lovelace',
        birthdate: '1815-12-10',
        zoneinfo: 'Europe/London',
        locale: 'en-GB',
        phoneNumber: '+441234567890',
        address: { streetAddress: '12 St James’s Square', locality: 'London', postalCode: 'SW1Y' },
      },
      updatedAt: new Date('2026-11-23T12:00:00.999Z'),
    });
    expect(accountClaims(account)).toEqual({
      sub: account.id,
      name: 'Ada King Lovelace',
      given_name: 'Ada',
      middle_name: 'King',
      family_name: 'Lovelace',
      preferred_username: 'ada',
      birthdate: '1815-12-10',
      zoneinfo: 'Europe/London',
      locale: 'en-GB',
      email: 'ada@example.com',
      email_verified: true,
      phone_number: '+441234567890',
      phone_number_verified: false,
      address: { street_address: '12 St James’s Square', locality: 'London', postal_code: 'SW1Y' },
      roles: [],
      groups: [],
      updated_at: 1_795_435_200,
    });
  });

  test('leave out what is not known (§5.3.2)', () => {
    const account = accountWith();
    expect(Object.keys(accountClaims(account)).sort()).toEqual([
      'email',
      'email_verified',
      'groups',
      'roles',
      'sub',
      'updated_at',
    ]);
  });

  test('name the roles that somebody has in the end, and their groups', () => {
    const groups = [{ id: 'g', name: 'Help desk', roles: ['support'] }];
    expect(accountClaims(accountWith({ roles: ['editor'], groups }))).toMatchObject({
      roles: ['editor', 'support'],
      groups: ['Help desk'],
    });
  });

  test('never hold status or a password', () => {
    const claims = accountClaims(accountWith({ disabled: true }));
    expect(JSON.stringify(claims)).not.toMatch(/disabled|password/);
  });

  test('every claim belongs to a standard scope (§5.4)', () => {
    const known = new Set<string>(Object.values(STANDARD_SCOPE_CLAIMS).flat());
    const account = accountWith({
      username: 'a',
      profile: { name: 'A', phoneNumber: '+4412345678', address: { country: 'UK' } },
    });
    for (const claim of Object.keys(accountClaims(account))) expect(known).toContain(claim);
  });

  test('the name that the person gave counts more than its parts', () => {
    expect(fullName({ name: 'Ada, Countess of Lovelace', givenName: 'Ada' })).toBe(
      'Ada, Countess of Lovelace',
    );
    expect(fullName({ familyName: 'Lovelace' })).toBe('Lovelace');
    expect(fullName({})).toBeUndefined();
  });
});
