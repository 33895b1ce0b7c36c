import type { JsonObject } from '../json.js';
import type { Account } from './account.js';
import { ADDRESS_KEYS, ADDRESS_MEMBERS, PROFILE_ATTRIBUTES, TEXT_ATTRIBUTES } from './profile-attributes.js';

/**
 * What the audit log tells of a change: the names of the fields, as the API calls them, and the roles that came and went.
 * Values of a person are not told, since they must be able to be forgotten.
 */
export function describeAccountChange(before: Account, after: Account): JsonObject {
  const { profile: was } = before;
  const { profile: is } = after;
  const changed = [
    ...(before.email === after.email ? [] : ['email']),
    ...(before.emailVerified === after.emailVerified ? [] : ['email_verified']),
    ...(before.username === after.username ? [] : ['username']),
    ...TEXT_ATTRIBUTES.filter((key) => was[key] !== is[key]).map((key) => PROFILE_ATTRIBUTES[key].claim),
    ...(was.phoneNumberVerified === is.phoneNumberVerified ? [] : ['phone_number_verified']),
    ...ADDRESS_KEYS.filter((key) => was.address?.[key] !== is.address?.[key]).map(
      (key) => `address.${ADDRESS_MEMBERS[key].claim}`,
    ),
  ];
  const added = after.roles.filter((role) => !before.roles.includes(role));
  const removed = before.roles.filter((role) => !after.roles.includes(role));
  return {
    changed: added.length + removed.length === 0 ? changed : [...changed, 'roles'],
    ...(added.length === 0 ? {} : { roles_added: added }),
    ...(removed.length === 0 ? {} : { roles_removed: removed }),
  };
}
