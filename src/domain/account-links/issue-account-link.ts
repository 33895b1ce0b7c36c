import type { Account } from '../accounts/account.js';
import { lockAccount } from '../accounts/lock-account.js';
import { refuseTakeover } from '../accounts/refuse-takeover.js';
import type { AuditEventType } from '../audit/audit-event.js';
import type { Clock } from '../clock.js';
import { DomainError } from '../errors.js';
import type { Grantor } from '../roles/grantor.js';
import { tidyPermissions } from '../roles/role.js';
import type { Stores, UnitOfWork } from '../unit-of-work.js';
import {
  ACCOUNT_LINK_KINDS,
  boundEmail,
  hashAccountLinkToken,
  type AccountLinkPurpose,
} from './account-link.js';

/** The stores that writing a link takes. */
export type AccountLinkStores = 'accounts' | 'accountLinks' | 'roles' | 'audit';

export interface IssueAccountLinkDeps {
  readonly unitOfWork: UnitOfWork<AccountLinkStores>;
  readonly clock: Clock;
  /** At least 128 random bits, URL-safe. */
  readonly randomToken: () => string;
  /** The issuer identifier; links are made from it and never from a request. */
  readonly issuer: string;
}

/** A link to hand over to the owner of the account, and to nobody else. */
export interface IssuedAccountLink {
  readonly url: string;
  readonly expiresAt: Date;
}

const REQUESTED: Readonly<Record<AccountLinkPurpose, AuditEventType>> = {
  password_reset: 'password.reset_requested',
  email_verification: 'email.verification_requested',
  email_change: 'email.change_requested',
  sign_in: 'sign_in_link.requested',
};

/**
 * Makes a link for the owner of an account; an earlier one of the same purpose ends.
 * @param id the account's id
 * @param grantor who asks for it on behalf of the owner; absent: the operator
 * @param clientId the client that the owner is to sign in to by it; `issueSignInLink` sees that it exists
 * @throws {DomainError} `not_found`, `account_disabled`, `insufficient_rights` for an account that may do more than the
 *   grantor, unless the link only verifies its email
 * @see OWASP ASVS 5.0 V6.4.6
 */
export async function issueAccountLink(
  deps: IssueAccountLinkDeps,
  purpose: AccountLinkPurpose,
  id: string,
  grantor?: Grantor,
  clientId?: string,
): Promise<IssuedAccountLink> {
  const link = makeAccountLink(deps, purpose);
  await deps.unitOfWork.run((stores) =>
    writeAccountLink(stores, link, { id, grantor, clientId, isTold: true }),
  );
  return { url: link.url, expiresAt: link.expiresAt };
}

/** A link that is not written yet. */
interface MadeAccountLink extends IssuedAccountLink {
  readonly purpose: AccountLinkPurpose;
  readonly token: string;
}

/** Makes a link, without an account yet. */
export function makeAccountLink(
  deps: Pick<IssueAccountLinkDeps, 'randomToken' | 'clock' | 'issuer'>,
  purpose: AccountLinkPurpose,
): MadeAccountLink {
  const { path, lifetime } = ACCOUNT_LINK_KINDS[purpose];
  const token = deps.randomToken();
  return {
    purpose,
    token,
    url: `${deps.issuer.replace(/\/$/, '')}${path}/${token}`,
    expiresAt: new Date(deps.clock.now().getTime() + lifetime * 1000),
  };
}

/** Writes a link within a unit of work; for the rest see `issueAccountLink`. @returns the account, which is locked */
export async function writeAccountLink(
  { accounts, accountLinks, roles, audit }: Pick<Stores, AccountLinkStores>,
  { purpose, token, expiresAt }: MadeAccountLink,
  {
    id,
    grantor,
    clientId,
    isTold = false,
  }: {
    readonly id: string;
    readonly grantor?: Grantor | undefined;
    readonly clientId?: string | undefined;
    /** Whether the grantor is told the link. Default: false. */
    readonly isTold?: boolean;
  },
): Promise<Account> {
  const account = await lockAccount(accounts, id);
  // Whoever holds another link can become the account's owner; a verification link opens nothing.
  if (purpose !== 'email_verification') await refuseTakeover(roles, grantor, account);
  if (account.disabled) {
    throw new DomainError('account_disabled', 'The account is disabled. Enable it first.');
  }
  await accountLinks.replace({
    accountId: account.id,
    purpose,
    tokenHash: hashAccountLinkToken(purpose, token),
    email: boundEmail(account),
    expiresAt,
    clientId,
    ...(isTold && purpose !== 'email_verification' && grantor && grantor.permissions !== 'all'
      ? { grantorPermissions: tidyPermissions([...grantor.permissions]) }
      : {}),
  });
  audit.record({
    type: REQUESTED[purpose],
    subject: { kind: 'user', id: account.id },
    ...(clientId === undefined ? {} : { clientId }),
    details: { expires_at: expiresAt.toISOString() },
  });
  return account;
}
