import type { RequestEmailVerificationDeps } from '../../domain/account-links/request-email-verification.js';
import type { AddressCookie } from '../address-cookie.js';

/** What the step of a sign-in is made with in which people verify their address. */
export interface VerifiedEmailDeps {
  /** Whether the operator demands it for all applications. */
  readonly required: boolean;
  /** Whether there is mail, without which only an administrator can help. */
  readonly hasMail: boolean;
  readonly requests: Omit<RequestEmailVerificationDeps, 'unitOfWork'>;
  /** Keeps, in the browser itself, which sign-in waits for the link. */
  readonly wayOn: AddressCookie;
}
