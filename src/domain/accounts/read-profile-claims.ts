import type { FieldFault } from '../errors.js';
import type { JsonObject, JsonValue } from '../json.js';
import type { ProfileChanges } from './change-profile.js';
import { ADDRESS_KEYS, ADDRESS_MEMBERS, PROFILE_ATTRIBUTES, TEXT_ATTRIBUTES } from './profile-attributes.js';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * Reads changes to a profile from standard claims under their own names, as JSON carries them.
 * @param claims for instance `{ "given_name": "Ada", "nickname": null, "address": { "country": "UK" } }`
 * @returns the changes, and the faults of form: names that are no profile claims and values of the wrong type
 * @see OpenID Connect Core 1.0 §5.1
 */
export function readProfileClaims(claims: JsonObject): {
  readonly changes: ProfileChanges;
  readonly faults: readonly FieldFault[];
} {
  const faults: FieldFault[] = [];
  const changes: Mutable<ProfileChanges> = {};
  const rest = new Map(Object.entries(claims));
  const take = (name: string): JsonValue | undefined => {
    const value = rest.get(name);
    rest.delete(name);
    return value;
  };

  for (const key of TEXT_ATTRIBUTES) {
    const { claim } = PROFILE_ATTRIBUTES[key];
    const value = take(claim);
    if (value === undefined) continue;
    if (isText(value)) changes[key] = value;
    else faults.push(wrongType(claim, 'a string'));
  }
  const verified = take('phone_number_verified');
  if (verified === null || typeof verified === 'boolean') changes.phoneNumberVerified = verified;
  else if (verified !== undefined) faults.push(wrongType('phone_number_verified', 'true or false'));

  const address = take('address');
  if (address === null) changes.address = null;
  else if (address !== undefined) changes.address = readAddress(address, faults);

  for (const name of rest.keys()) faults.push(unknownClaim(name));
  return { changes, faults };
}

function readAddress(address: JsonValue, faults: FieldFault[]): NonNullable<ProfileChanges['address']> {
  const changes: Mutable<NonNullable<ProfileChanges['address']>> = {};
  if (!isObject(address)) {
    faults.push(wrongType('address', 'an object'));
    return changes;
  }
  const rest = new Map(Object.entries(address));
  for (const key of ADDRESS_KEYS) {
    const { claim } = ADDRESS_MEMBERS[key];
    const value = rest.get(claim);
    rest.delete(claim);
    if (value === undefined) continue;
    if (isText(value)) changes[key] = value;
    else faults.push(wrongType(`address/${claim}`, 'a string'));
  }
  for (const name of rest.keys()) faults.push(unknownClaim(`address/${name}`));
  return changes;
}

function isText(value: JsonValue): value is string | null {
  return value === null || typeof value === 'string';
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrongType(field: string, expected: string): FieldFault {
  return { field, code: 'wrong_type', detail: `${field} must be ${expected}, or null to remove it.` };
}

function unknownClaim(field: string): FieldFault {
  return { field, code: 'unknown_claim', detail: `${JSON.stringify(field)} is not a claim of a profile.` };
}
