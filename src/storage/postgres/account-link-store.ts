import type { Knex } from 'knex';
import type { AccountLink, AccountTokenPurpose } from '../../domain/account-links/account-link.js';
import type { AccountLinkStore } from '../../domain/account-links/account-link-store.js';
import { tidyPermissions } from '../../domain/roles/role.js';

interface AccountLinkRow {
  account_id: string;
  purpose: AccountTokenPurpose;
  token_hash: Buffer;
  email_normalized: string;
  expires_at: Date;
  client_id: string | null;
  new_email: string | null;
  grantor_permissions: string[] | null;
}

/** Links, one row for each account and purpose. */
export function createAccountLinkStore(knex: Knex): AccountLinkStore {
  return {
    async replace(link) {
      await knex<AccountLinkRow>('account_links')
        .insert(toRow(link))
        .onConflict(['account_id', 'purpose'])
        .merge([
          'token_hash',
          'email_normalized',
          'expires_at',
          'client_id',
          'new_email',
          'grantor_permissions',
        ]);
    },
    async find(purpose, tokenHash, at) {
      const row = await knex<AccountLinkRow>('account_links')
        .where({ purpose, token_hash: tokenHash })
        .where('expires_at', '>', at)
        .first();
      return row && toLink(row);
    },
    async redeem({ accountId, purpose, tokenHash }, at) {
      const removed = await knex<AccountLinkRow>('account_links')
        .where({ account_id: accountId, purpose, token_hash: tokenHash })
        .where('expires_at', '>', at)
        .delete();
      return removed > 0;
    },
    purge: (at) => knex<AccountLinkRow>('account_links').where('expires_at', '<=', at).delete(),
  };
}

function toRow({
  accountId,
  purpose,
  tokenHash,
  email,
  expiresAt,
  clientId,
  newEmail,
  grantorPermissions,
}: AccountLink): AccountLinkRow {
  return {
    account_id: accountId,
    purpose,
    token_hash: tokenHash,
    email_normalized: email,
    expires_at: expiresAt,
    client_id: clientId ?? null,
    new_email: newEmail ?? null,
    grantor_permissions: grantorPermissions === undefined ? null : [...grantorPermissions],
  };
}

function toLink(row: AccountLinkRow): AccountLink {
  return {
    accountId: row.account_id,
    purpose: row.purpose,
    tokenHash: row.token_hash,
    email: row.email_normalized,
    expiresAt: row.expires_at,
    clientId: row.client_id ?? undefined,
    newEmail: row.new_email ?? undefined,
    ...(row.grantor_permissions && { grantorPermissions: tidyPermissions(row.grantor_permissions) }),
  };
}
