import type { AccountStore } from './account-store.js';
import { accountNotFound } from './lock-account.js';

/** A way in which an account can prove who it is. */
export interface Credential {
  readonly kind: 'password';
  /** Whether the account has it. */
  readonly set: boolean;
}

/**
 * Lists by what an account can sign in; never what it is checked against.
 * @param id the account's id
 * @throws {DomainError} `not_found`
 */
export async function listCredentials(
  deps: { readonly accounts: Pick<AccountStore, 'findById' | 'findByLogin'> },
  id: string,
): Promise<readonly Credential[]> {
  const account = await deps.accounts.findById(id);
  const record = account && (await deps.accounts.findByLogin(account.email));
  if (record?.account.id !== account?.id || record === undefined) throw accountNotFound();
  return [{ kind: 'password', set: record.passwordHash !== undefined }];
}
