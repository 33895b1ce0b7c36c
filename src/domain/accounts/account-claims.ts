import { epochSeconds } from '../clock.js';
import type { JsonObject, JsonValue } from '../json.js';
import type { Account, Profile } from './account.js';
import { ADDRESS_KEYS, ADDRESS_MEMBERS, PROFILE_ATTRIBUTES, TEXT_ATTRIBUTES } from './profile-attributes.js';

/**
 * The claims that each scope yields that is always there.
 * @see OpenID Connect Core 1.0 §5.4
 */
export const STANDARD_SCOPE_CLAIMS = {
  openid: ['sub'],
  profile: [
    'name',
    'family_name',
    'given_name',
    'middle_name',
    'nickname',
    'preferred_username',
    'profile',
    'picture',
    'website',
    'gender',
    'birthdate',
    'zoneinfo',
    'locale',
    'updated_at',
  ],
  email: ['email', 'email_verified'],
  address: ['address'],
  phone: ['phone_number', 'phone_number_verified'],
  // Not of the specification, but what apps commonly ask for.
  roles: ['roles'],
  groups: ['groups'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/**
 * What this provider tells of an account, under the names of the standard claims; what is not known is left out.
 * Which of them a client sees is decided by the scopes that it was granted.
 * @see OpenID Connect Core 1.0 §5.1
 */
export function accountClaims(account: Account): JsonObject {
  const name = fullName(account.profile);
  return {
    sub: account.id,
    ...profileClaims(account.profile),
    ...(name !== undefined && { name }),
    ...(account.username !== undefined && { preferred_username: account.username }),
    email: account.email,
    email_verified: account.emailVerified,
    roles: account.effectiveRoles,
    groups: account.groups.map(({ name }) => name),
    updated_at: epochSeconds(account.updatedAt),
  };
}

/** A profile under the names of the standard claims, as `readProfileClaims` takes it. */
export function profileClaims(profile: Profile): JsonObject {
  const claims: Record<string, JsonValue> = {};
  for (const key of TEXT_ATTRIBUTES) {
    const value = profile[key];
    if (value !== undefined) claims[PROFILE_ATTRIBUTES[key].claim] = value;
  }
  if (profile.phoneNumber !== undefined)
    claims['phone_number_verified'] = profile.phoneNumberVerified ?? false;
  if (profile.address !== undefined) claims['address'] = addressClaim(profile.address);
  return claims;
}

/** The name in full: as the person gave it, else made of given, middle and family name. */
export function fullName(profile: Profile): string | undefined {
  if (profile.name !== undefined) return profile.name;
  const parts = [profile.givenName, profile.middleName, profile.familyName].filter(
    (part) => part !== undefined,
  );
  return parts.length === 0 ? undefined : parts.join(' ');
}

function addressClaim(address: NonNullable<Profile['address']>): JsonObject {
  const claim: Record<string, JsonValue> = {};
  for (const key of ADDRESS_KEYS) {
    const value = address[key];
    if (value !== undefined) claim[ADDRESS_MEMBERS[key].claim] = value;
  }
  return claim;
}
