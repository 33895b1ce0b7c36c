import type { FieldFault } from '../errors.js';
import type { PostalAddress, Profile } from './account.js';
import { ADDRESS_KEYS, ADDRESS_MEMBERS, PROFILE_ATTRIBUTES, TEXT_ATTRIBUTES } from './profile-attributes.js';
import type { ProfileCheck } from './profile-checks.js';

type Changes<T> = { readonly [Key in keyof T]?: T[Key] | null | undefined };

/** What shall be different in a profile: null takes an attribute away, what is absent stays. @see RFC 7396 */
export type ProfileChanges = Omit<Changes<Profile>, 'address'> & {
  readonly address?: Changes<PostalAddress> | null | undefined;
};

/** A profile after its changes, and what is wrong with them. */
export interface ChangedProfile {
  readonly profile: Profile;
  readonly faults: readonly FieldFault[];
}

/**
 * Applies changes to a profile and checks every attribute that changes. A new telephone number is not verified
 * unless the changes say so.
 */
export function changeProfile(before: Profile, changes: ProfileChanges): ChangedProfile {
  const faults: FieldFault[] = [];
  const { address: addressBefore, phoneNumberVerified: verifiedBefore, ...textBefore } = before;

  const text = changeTexts(textBefore, TEXT_ATTRIBUTES, PROFILE_ATTRIBUTES, changes, '', faults);
  const address =
    changes.address === null
      ? {}
      : changeTexts(
          addressBefore ?? {},
          ADDRESS_KEYS,
          ADDRESS_MEMBERS,
          changes.address ?? {},
          'address/',
          faults,
        );

  const sameNumber = text.phoneNumber === before.phoneNumber;
  const verified = changes.phoneNumberVerified ?? (sameNumber ? verifiedBefore : undefined);
  const profile: Profile = {
    ...text,
    ...(text.phoneNumber !== undefined && verified !== undefined && { phoneNumberVerified: verified }),
    ...(Object.keys(address).length > 0 && { address }),
  };
  return { profile, faults };
}

function changeTexts<Key extends string>(
  before: Readonly<Partial<Record<Key, string>>>,
  keys: readonly Key[],
  attributes: Readonly<Record<Key, { readonly claim: string; readonly check: ProfileCheck }>>,
  changes: Readonly<Partial<Record<Key, string | null | undefined>>>,
  prefix: string,
  faults: FieldFault[],
): Partial<Record<Key, string>> {
  const after: Partial<Record<Key, string>> = {};
  for (const key of keys) {
    const change: string | null | undefined = changes[key];
    if (change === null) continue;
    if (change === undefined) {
      if (before[key] !== undefined) after[key] = before[key];
      continue;
    }
    const { claim, check } = attributes[key];
    const checked = check(change);
    if ('value' in checked) after[key] = checked.value;
    else
      faults.push({
        field: prefix + claim,
        code: `${claim}_invalid`,
        detail: `${prefix}${claim} ${checked.detail}.`,
      });
  }
  return after;
}
