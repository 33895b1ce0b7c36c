import type { FieldFault } from '../domain/errors.js';
import type { FormTarget } from './form-target.js';

/** What a link for a user was for. */
export type AccountLinkKind =
  'password_reset' | 'email_verification' | 'email_change' | 'sign_in' | 'registration' | 'invitation';

/** Choose a new password by a link: posts `password`. */
export interface ResetPasswordView extends FormTarget {
  readonly email: string;
  /** Characters that a new password needs at least. */
  readonly passwordMinLength: number;
  /** All of them are about the password. */
  readonly faults: readonly FieldFault[];
}

/** Verify an email address by a link: the button posts, so that looking at the link does nothing. */
export interface VerifyEmailView extends FormTarget {
  readonly email: string;
}

/** Sign in by a link: the button posts, so that looking at the link does nothing. */
export interface SignInLinkView extends FormTarget {
  readonly email: string;
}

/** The browser may sign in without a password now. */
export interface SignInLinkDoneView {
  readonly email: string;
  readonly clientName?: string | undefined;
  /** Where the app begins a sign-in. @see OpenID Connect Core 1.0 §4 */
  readonly loginUri?: string | undefined;
}

/** The link has done what it was for. */
export interface AccountLinkDoneView {
  readonly purpose: 'password_reset' | 'email_verification' | 'email_change';
  readonly email: string;
  /** Where this browser began to sign in; absent: nobody knows. */
  readonly signInUri?: string | undefined;
}

/** The link is unknown, used or expired: the page does not tell which. */
export interface AccountLinkInvalidView {
  readonly purpose: AccountLinkKind;
  /** Where a new one is asked for. */
  readonly askUri?: string | undefined;
}
