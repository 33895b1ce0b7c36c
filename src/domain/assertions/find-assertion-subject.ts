import type { AccountStore } from '../accounts/account-store.js';
import { isAccountId } from '../accounts/account-id.js';
import type { UpstreamLinkStore } from '../upstream/upstream-link-store.js';
import type { Assertion } from './trusted-issuer.js';

export interface FindAssertionSubjectDeps {
  readonly accounts: Pick<AccountStore, 'findByLogin'>;
  readonly upstreamLinks: Pick<UpstreamLinkStore, 'find'>;
}

/**
 * Finds whose account an assertion is about. Whether the account may be used is for the caller to say.
 * @returns the id of an account, which may not exist; undefined when nobody is meant
 */
export async function findAssertionSubject(
  { accounts, upstreamLinks }: FindAssertionSubjectDeps,
  { trusted, subject, verifiedEmail }: Assertion,
): Promise<string | undefined> {
  switch (trusted.subject) {
    case 'account_id':
      return isAccountId(subject) ? subject : undefined;
    case 'linked_account':
      return (await upstreamLinks.find(trusted.issuer, subject))?.accountId;
    case 'email': {
      // A text without @ would be looked up as a username.
      if (verifiedEmail?.includes('@') !== true) return undefined;
      const found = await accounts.findByLogin(verifiedEmail);
      return found?.account.emailVerified === true ? found.account.id : undefined;
    }
  }
}
