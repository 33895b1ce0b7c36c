import type { PostalAddress, Profile } from './account.js';
import * as check from './profile-checks.js';
import type { ProfileCheck } from './profile-checks.js';

/** The profile's attributes that are text. */
export type TextAttribute = Exclude<keyof Profile, 'phoneNumberVerified' | 'address'>;

/**
 * Each attribute of a profile: the claim that it becomes, and its check.
 * @see OpenID Connect Core 1.0 §5.1
 */
export const PROFILE_ATTRIBUTES: Readonly<
  Record<TextAttribute, { readonly claim: string; readonly check: ProfileCheck }>
> = {
  name: { claim: 'name', check: check.line },
  givenName: { claim: 'given_name', check: check.line },
  familyName: { claim: 'family_name', check: check.line },
  middleName: { claim: 'middle_name', check: check.line },
  nickname: { claim: 'nickname', check: check.line },
  profile: { claim: 'profile', check: check.webAddress },
  picture: { claim: 'picture', check: check.webAddress },
  website: { claim: 'website', check: check.webAddress },
  gender: { claim: 'gender', check: check.line },
  birthdate: { claim: 'birthdate', check: check.birthdate },
  zoneinfo: { claim: 'zoneinfo', check: check.timeZone },
  locale: { claim: 'locale', check: check.languageTag },
  phoneNumber: { claim: 'phone_number', check: check.phoneNumber },
};

/**
 * Each member of the address claim.
 * @see OpenID Connect Core 1.0 §5.1.1
 */
export const ADDRESS_MEMBERS: Readonly<
  Record<keyof PostalAddress, { readonly claim: string; readonly check: ProfileCheck }>
> = {
  formatted: { claim: 'formatted', check: check.lines },
  streetAddress: { claim: 'street_address', check: check.lines },
  locality: { claim: 'locality', check: check.line },
  region: { claim: 'region', check: check.line },
  postalCode: { claim: 'postal_code', check: check.line },
  country: { claim: 'country', check: check.line },
};

/** The names of the attributes, typed. */
export const TEXT_ATTRIBUTES: readonly TextAttribute[] = [
  'name',
  'givenName',
  'familyName',
  'middleName',
  'nickname',
  'profile',
  'picture',
  'website',
  'gender',
  'birthdate',
  'zoneinfo',
  'locale',
  'phoneNumber',
];

/** The names of the address's members, typed. */
export const ADDRESS_KEYS: readonly (keyof PostalAddress)[] = [
  'formatted',
  'streetAddress',
  'locality',
  'region',
  'postalCode',
  'country',
];
