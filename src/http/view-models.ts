import type { FieldFault } from '../domain/errors.js';
import type {
  AccountLinkDoneView,
  AccountLinkInvalidView,
  ResetPasswordView,
  SignInLinkDoneView,
  SignInLinkView,
  VerifyEmailView,
} from './account-link-view-models.js';
import type { FormTarget, LibraryFormTarget } from './form-target.js';

/** Who is signed in, as that person knows the account: an email address or a username. */
export interface AccountLabel {
  readonly label: string;
}

/** Why a sign-in was refused. The text never tells whether the account exists. */
export type LoginFault =
  'invalid_credentials' | 'too_many_attempts' | 'overloaded' | 'identifier_missing' | 'password_missing';

/** Sign in: posts `username` and `password`. */
export interface LoginView extends FormTarget {
  /** The app that asked; absent when the person came by themselves. */
  readonly clientName?: string | undefined;
  /** What the person typed before, or `login_hint`; empty when nothing is known. */
  readonly identifier: string;
  readonly fault?: LoginFault | undefined;
  /** Whole minutes, at least 1; only with `too_many_attempts`. */
  readonly retryAfterMinutes?: number | undefined;
  /** Posting there gives up and answers the app with `access_denied`. */
  readonly cancelAction?: string | undefined;
  /** The account is fixed and only the password is asked: "Confirm it's you". */
  readonly reauthentication?: boolean | undefined;
  /** Posting there forgets the fixed account and starts over with another one. */
  readonly switchAccountAction?: string | undefined;
  /** This browser followed a link to sign in: posting `ticket` there signs in without a password. */
  readonly ticket?: { readonly action: string; readonly email: string } | undefined;
}

/** One permission on the consent page. */
export interface ConsentScope {
  readonly name: string;
  /** For scopes that the pages do not translate (`TRANSLATED_SCOPES`); without it the name is shown. */
  readonly sentence?: string | undefined;
  /** What the app would see, for instance the email address itself. */
  readonly value?: string | undefined;
  /** Not allowed to this app before, while others were. */
  readonly isNew: boolean;
}

/** Permissions at one resource server. */
export interface ConsentResource {
  readonly name: string;
  readonly scopes: readonly ConsentScope[];
}

/** Consent: posts `decision` with `allow` or `deny`. */
export interface ConsentView extends FormTarget {
  readonly clientName: string;
  readonly clientUri?: string | undefined;
  readonly policyUri?: string | undefined;
  readonly tosUri?: string | undefined;
  readonly account: AccountLabel;
  readonly switchAccountAction?: string | undefined;
  readonly scopes: readonly ConsentScope[];
  readonly resources: readonly ConsentResource[];
  /** Host that the browser goes to afterwards; a private-use scheme for native apps. */
  readonly redirectHost: string;
  /** The app may keep using the account while the person is away. */
  readonly offlineAccess: boolean;
  /** Whole days that the permission lasts; absent: until it is taken back. */
  readonly durationDays?: number | undefined;
  /** Nobody of the operator has looked at this app. */
  readonly unverified?: boolean | undefined;
}

/** Confirms signing out: posts `logout=yes`, or nothing to stay. */
export interface LogoutView extends LibraryFormTarget {
  readonly clientName?: string | undefined;
  readonly account?: AccountLabel | undefined;
}

/** After signing out, when the app named no page of its own to go to. */
export interface LogoutDoneView {
  readonly clientName?: string | undefined;
  /** The way back to the app. */
  readonly clientUri?: string | undefined;
}

/** What went wrong, in the words of a person and not of the protocol. */
export type ErrorKind =
  | 'invalid_request'
  | 'unknown_client'
  | 'invalid_redirect_uri'
  | 'access_denied'
  | 'form_rejected'
  | 'not_found'
  | 'too_many_requests'
  | 'unavailable'
  | 'server_error';

/** A plain cause, a reference to tell the operator, and a way on. */
export interface ErrorView {
  readonly kind: ErrorKind;
  /** Replaces the kind's own explanation; plain text in the language of the page. */
  readonly message?: string | undefined;
  /** What the operator finds in the log. */
  readonly reference: string;
  readonly backUri?: string | undefined;
  /** Name of the app that `backUri` belongs to. */
  readonly backLabel?: string | undefined;
  /** For developers of the app: never a secret, never another person's data. */
  readonly details?: readonly { readonly label: string; readonly value: string }[] | undefined;
}

/** An interaction that is over: too old, finished already, or of another browser. */
export interface InteractionExpiredView {
  /** Begins the same sign-in again; absent when nothing is known about it. */
  readonly startAgainUri?: string | undefined;
  readonly clientName?: string | undefined;
}

/**
 * The 200 page between a posted form and the app. A redirect will not do: the policy `form-action 'self'`
 * covers every redirect that follows a form's post, so browsers would block the way to the app.
 * @see Content Security Policy Level 3 §6.4.2 (form-action)
 */
export interface ContinueView {
  readonly continueUri: string;
  readonly clientName?: string | undefined;
}

/**
 * Posts values onwards, to a relying party or to the next step, by a script or by its button.
 * @see OAuth 2.0 Form Post Response Mode §2
 */
export interface FormPostView {
  readonly action: string;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
}

/** First administrator: posts `code`, `email`, `given_name`, `family_name` and `password`. */
export interface SetupView extends FormTarget {
  /** Kept after a fault; at first the page's script takes it from the address's fragment. */
  readonly code: string;
  readonly email: string;
  readonly givenName: string;
  readonly familyName: string;
  /** Characters that a new password needs at least. */
  readonly passwordMinLength: number;
  /** `field` is one of the form's names, or `setup_link` for a code that is wrong, used or expired. */
  readonly faults: readonly FieldFault[];
}

/** The first administrator exists. */
export interface SetupDoneView {
  readonly email: string;
}

/** Why a user code was not taken. Unknown, expired and used ones share one text. */
export type DeviceCodeFault =
  'user_code_missing' | 'user_code_invalid' | 'too_many_attempts' | 'form_rejected';

/** Asks for the code that a device shows: posts `user_code`. */
export interface DeviceCodeView extends LibraryFormTarget {
  /** What was typed before; empty at first. */
  readonly userCode: string;
  /** A code of the right shape, for instance `WDJB-MJHT`. */
  readonly example: string;
  readonly fault?: DeviceCodeFault | undefined;
}

/** Asks whether this device may go on: posts `confirm=yes`, or also `abort=yes`. */
export interface DeviceConfirmView extends LibraryFormTarget {
  readonly userCode: string;
  readonly clientName: string;
  /** What the device said about itself. */
  readonly device?: { readonly ip?: string | undefined; readonly userAgent?: string | undefined } | undefined;
}

/** The device goes on, or not. */
export interface DeviceDoneView {
  readonly outcome: 'allowed' | 'denied';
  readonly clientName?: string | undefined;
}

/** What stands at the issuer's own address. */
export interface HomeView {
  readonly issuer: string;
  readonly discoveryUri: string;
  /** Next steps for the developer who just started this provider. */
  readonly development?: { readonly administratorExists: boolean } | undefined;
}

/** Every page with what it needs; `Views['login']` is the model of `views/login.ejs`. */
export interface Views {
  readonly login: LoginView;
  readonly consent: ConsentView;
  readonly logout: LogoutView;
  readonly 'logout-done': LogoutDoneView;
  readonly error: ErrorView;
  readonly 'interaction-expired': InteractionExpiredView;
  readonly continue: ContinueView;
  readonly 'form-post': FormPostView;
  readonly setup: SetupView;
  readonly 'setup-done': SetupDoneView;
  readonly 'reset-password': ResetPasswordView;
  readonly 'verify-email': VerifyEmailView;
  readonly 'sign-in-link': SignInLinkView;
  readonly 'sign-in-link-done': SignInLinkDoneView;
  readonly 'account-link-done': AccountLinkDoneView;
  readonly 'account-link-invalid': AccountLinkInvalidView;
  readonly 'device-code': DeviceCodeView;
  readonly 'device-confirm': DeviceConfirmView;
  readonly 'device-done': DeviceDoneView;
  readonly home: HomeView;
}
