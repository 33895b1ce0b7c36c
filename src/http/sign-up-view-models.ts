import type { FieldFault } from '../domain/errors.js';
import type { AccountPage } from './account-view-models.js';
import type { FormTarget } from './form-target.js';
import type { AccountLabel } from './account-label-view-model.js';

/** How long somebody who tried too often has to wait: whole minutes, at least 1. */
interface Waiting {
  readonly retryAfterMinutes?: number | undefined;
}

/** Sign up: posts `email`, `given_name`, `family_name` and `password`. */
export interface SignUpView extends FormTarget, Waiting {
  /** The app that asked. */
  readonly clientName?: string | undefined;
  readonly email: string;
  readonly givenName: string;
  readonly familyName: string;
  /** Characters that a password needs at least. */
  readonly passwordMinLength: number;
  /** Domains that the address has to be of; none: any. */
  readonly emailDomains: readonly string[];
  /** `field` is one of the form's names, or empty for what concerns all. */
  readonly faults: readonly FieldFault[];
  /** Where those go who have an account. */
  readonly signInUri: string;
  readonly cancelAction: string;
}

/** Why a code was not taken. */
export type CheckEmailFault = 'code_missing' | 'code_invalid' | 'too_many_attempts' | 'overloaded';

/** The mail is on its way: posts `code`. It is the same page for an address that has an account. */
export interface CheckEmailView extends FormTarget, Waiting {
  readonly email: string;
  readonly fault?: CheckEmailFault | undefined;
  /** Posting there sends another mail. */
  readonly resendAction: string;
  readonly resent: boolean;
  /** Where another address is entered. */
  readonly changeUri: string;
}

/** A link of a registration: posts `password`, or nothing in the browser in which it began. */
export interface ConfirmSignUpView extends FormTarget, Waiting {
  readonly email: string;
  readonly asksPassword: boolean;
  readonly fault?: 'password_wrong' | 'too_many_attempts' | 'overloaded' | undefined;
  /** In the browser in which it began: what the form posts besides. */
  readonly token?: string | undefined;
}

/** The account is there, and the person goes on where they began. */
export interface SignUpDoneView {
  readonly email: string;
}

/**
 * Within a sign-in by a password that an administrator has set: posts `password`, the new one. Nobody is signed in before.
 */
export interface NewPasswordView extends FormTarget {
  readonly clientName: string;
  readonly account: AccountLabel;
  /** Characters that a new password needs at least. */
  readonly passwordMinLength: number;
  /** `field` is `password`, or empty for what concerns all. */
  readonly faults: readonly FieldFault[];
  /** Posting there gives up, and tells the app so. */
  readonly cancelAction: string;
  /** Posting there begins anew with another account. */
  readonly switchAccountAction: string;
}

/** Asks whose password is forgotten: posts `username`. */
export interface ForgotPasswordView extends FormTarget, Waiting {
  readonly identifier: string;
  readonly fault?: 'identifier_missing' | 'too_many_attempts' | undefined;
  /** Back to the sign-in that the person came from. */
  readonly backUri?: string | undefined;
}

/** A link was sent, if there is such an account. */
export interface ForgotPasswordSentView {
  readonly minutes: number;
  readonly backUri?: string | undefined;
}

/** Another email address by a link: the button posts, so that looking at the link does nothing. */
export interface ChangeEmailView extends FormTarget {
  readonly email: string;
  readonly newEmail: string;
}

/** The email address of the account: posts `email`; posting `verify` sends a link to the address that it has. */
export interface AccountEmailView extends AccountPage, FormTarget, Waiting {
  readonly email: string;
  readonly emailVerified: boolean;
  readonly newEmail: string;
  /** `field` is `email`, or empty for what concerns all. */
  readonly faults: readonly FieldFault[];
  readonly sent?: 'change' | 'verification' | undefined;
}

/** Accept an invitation: posts `given_name`, `family_name` and `password`. */
export interface InvitationView extends FormTarget {
  readonly email: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly passwordMinLength: number;
  readonly faults: readonly FieldFault[];
}

/** Within a sign-in: the address has to be verified first. Posts nothing, to have the mail sent once more. */
export interface EmailUnverifiedView extends FormTarget {
  readonly clientName: string;
  readonly email: string;
  /** Whether a mail went to that address; false: this server sends none. */
  readonly sent: boolean;
  /** Where it goes on once the link was opened. */
  readonly continueUri: string;
  /** Where people correct the address. */
  readonly changeUri: string;
  readonly notice?: 'resent' | 'not_yet' | undefined;
  readonly fault?: 'too_many_attempts' | 'overloaded' | undefined;
  /** Whole minutes, at least 1; only with `too_many_attempts`. */
  readonly retryAfterMinutes?: number | undefined;
  /** Posting there gives up and answers the app with `access_denied`. */
  readonly cancelAction: string;
  /** Posting there begins anew with another account. */
  readonly switchAccountAction: string;
}
