import type { JsonObject } from '../json.js';
import { profileClaims } from './account-claims.js';
import type { Account } from './account.js';

/**
 * The account as JSON, for those who administer it: standard claims under their own names, times as RFC 3339. Of its
 * password only whether its owner has to choose another one.
 */
export function accountInformation(account: Account): JsonObject {
  return {
    id: account.id,
    email: account.email,
    email_verified: account.emailVerified,
    username: account.username ?? null,
    ...profileClaims(account.profile),
    roles: account.roles,
    groups: account.groups.map(({ name }) => name),
    disabled: account.disabled,
    password_temporary: account.passwordTemporary ?? false,
    deletion_due_at: account.deletionDueAt?.toISOString() ?? null,
    created_at: account.createdAt.toISOString(),
    updated_at: account.updatedAt.toISOString(),
  };
}
