import type { ProfileChanges } from '../../../domain/accounts/change-profile.js';
import { readProfileClaims } from '../../../domain/accounts/read-profile-claims.js';
import { refuseIfFaulty } from '../../../domain/errors.js';
import type { JsonObject, JsonValue } from '../../../domain/json.js';

/** JSON as a schema gives it, where a member that is absent may stand as undefined. */
type Loose = JsonValue | undefined | { readonly [member: string]: Loose };

/**
 * The changes of the profile among the members of a body.
 * @throws {DomainError} `invalid_input`
 */
export function profileOf(claims: Readonly<Record<string, Loose>>): ProfileChanges {
  const { changes, faults } = readProfileClaims(withoutAbsent(claims));
  refuseIfFaulty(faults);
  return changes;
}

function withoutAbsent(members: Readonly<Record<string, Loose>>): JsonObject {
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, value]): [string, JsonValue][] => {
      if (value === undefined) return [];
      return [[name, isMembers(value) ? withoutAbsent(value) : value]];
    }),
  );
}

function isMembers(value: Loose): value is Readonly<Record<string, Loose>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
