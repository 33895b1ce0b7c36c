import { createHash } from 'node:crypto';
import type { Permission } from '../roles/permission.js';
import type { Account } from '../accounts/account.js';
import { normalizeLogin } from '../accounts/normalize-login.js';
import { DomainError } from '../errors.js';

/** What a link is for. A link for one purpose is worth nothing for another. */
export type AccountLinkPurpose = 'password_reset' | 'email_verification' | 'email_change' | 'sign_in';

/** What a token is for: a link, or the ticket that a browser gets for a link to sign in. */
export type AccountTokenPurpose = AccountLinkPurpose | 'sign_in_ticket';

interface LinkKind {
  /** Where its page stands, below the issuer; the token is the next segment. */
  readonly path: string;
  /** Seconds. */
  readonly lifetime: number;
}

/** Each kind of link. The owner follows a reset at once; a verification may wait in a mailbox. */
export const ACCOUNT_LINK_KINDS: Readonly<Record<AccountLinkPurpose, LinkKind>> = {
  password_reset: { path: '/reset-password', lifetime: 30 * 60 },
  email_verification: { path: '/verify-email', lifetime: 24 * 60 * 60 },
  email_change: { path: '/change-email', lifetime: 24 * 60 * 60 },
  sign_in: { path: '/sign-in-link', lifetime: 15 * 60 },
};

/** Seconds that a browser has for signing in, once it got its ticket. */
export const SIGN_IN_TICKET_SECONDS = 10 * 60;

/** A link, or a ticket, as it is stored: whoever reads the store cannot use it. */
export interface AccountLink {
  readonly accountId: string;
  readonly purpose: AccountTokenPurpose;
  readonly tokenHash: Buffer;
  /** The account's email, normalised, at the time the link was made; another email since then ends the link. */
  readonly email: string;
  readonly expiresAt: Date;
  /** The client that somebody signs in to by it, where one was named. */
  readonly clientId?: string | undefined;
  /** The address that the account gets by it; only of links that change the email. */
  readonly newEmail?: string | undefined;
  /**
   * What the administrator may do who was told the link; absent: nobody but the owner was. An account that may do more by
   * then is not opened by it, or a link made in time would let somebody take over whoever is promoted.
   */
  readonly grantorPermissions?: readonly Permission[] | undefined;
}

/**
 * What is stored of a token, bound to its purpose. It has 256 random bits, so a plain hash of it cannot be searched.
 * @see OWASP ASVS 5.0 V6.4
 */
export function hashAccountLinkToken(purpose: AccountTokenPurpose, token: string): Buffer {
  return createHash('sha256').update(`latchkey account link\0${purpose}\0`).update(token).digest();
}

/** The account's email in the form in which a link is bound to it. */
export function boundEmail({ email }: Pick<Account, 'email'>): string {
  return normalizeLogin(email);
}

/** The refusal of every link that does not work; it does not tell why. */
export function accountLinkInvalid(): DomainError {
  return new DomainError('account_link_invalid', 'The link is unknown, used or expired. Ask for a new one.');
}
