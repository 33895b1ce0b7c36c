import { fullName, profileClaims } from '../domain/accounts/account-claims.js';
import type { Account } from '../domain/accounts/account.js';
import { PROFILE_ATTRIBUTES, TEXT_ATTRIBUTES } from '../domain/accounts/profile-attributes.js';
import { presentFields, presentTable } from './output.js';

/** An account for a person at a terminal. */
export function presentAccount(account: Account): string {
  const { profile } = account;
  return presentFields([
    ['Id', account.id],
    ['Email', `${account.email} (${account.emailVerified ? 'verified' : 'not verified'})`],
    ['Username', account.username],
    ['Name', fullName(account.profile)],
    ...TEXT_ATTRIBUTES.filter((key) => key !== 'name').map(
      (key) => [labelOf(PROFILE_ATTRIBUTES[key].claim), profile[key]] as const,
    ),
    ['Phone verified', profile.phoneNumber && (profile.phoneNumberVerified ? 'yes' : 'no')],
    ['Address', profile.address && JSON.stringify(profileClaims(profile)['address'])],
    ['Roles', account.roles.join(' ') || undefined],
    ['Groups', account.groups.map(({ name }) => name).join(', ') || undefined],
    ['All roles', account.groups.length > 0 ? account.effectiveRoles.join(' ') || undefined : undefined],
    ['Status', account.disabled ? 'disabled' : 'enabled'],
    ['Password', account.passwordTemporary ? 'temporary' : undefined],
    ['Deleted on', account.deletionDueAt?.toISOString()],
    ['Created', account.createdAt.toISOString()],
    ['Updated', account.updatedAt.toISOString()],
  ]);
}

/** Accounts as a table. */
export function presentAccounts(accounts: readonly Account[]): string {
  if (accounts.length === 0) return 'No users. Make one with: latchkey user create --help';
  return presentTable(
    ['ID', 'EMAIL', 'USERNAME', 'ROLES', 'STATUS'],
    accounts.map((account) => [
      account.id,
      account.email,
      account.username ?? '',
      account.roles.join(' '),
      account.disabled ? 'disabled' : 'enabled',
    ]),
  );
}

function labelOf(claim: string): string {
  return `${claim.charAt(0).toUpperCase()}${claim.slice(1)}`.replaceAll('_', ' ');
}
