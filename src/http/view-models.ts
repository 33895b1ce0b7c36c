import type {
  AccountLinkedAccountsView,
  UpstreamButton,
  UpstreamFailedView,
  UpstreamLinkView,
  UpstreamSignOutDoneView,
  UpstreamSignOutFailedView,
  UpstreamSignUpView,
} from './upstream-view-models.js';
import type { FieldFault } from '../domain/errors.js';
import type {
  AccountLinkDoneView,
  AccountLinkInvalidView,
  ResetPasswordView,
  SignInLinkDoneView,
  SignInLinkView,
  VerifyEmailView,
} from './account-link-view-models.js';
import type {
  AccountActivityView,
  AccountAppsView,
  AccountRequestsView,
  AccountDataView,
  AccountDeletionDoneView,
  AccountDeletionView,
  AccountNotSignedInView,
  AccountPasswordView,
  AccountProfileView,
  AccountSessionsView,
  AccountView,
} from './account-view-models.js';
import type {
  AccountRecoveryCodesView,
  AccountTotpRemoveView,
  AccountTotpView,
  PasskeyNeededView,
  RecoveryCodesView,
  RecoveryCodeUsedView,
  SecondFactorCodeView,
  SecondFactorView,
  TotpSetupView,
} from './factors-view-models.js';
import type {
  AccountEmailView,
  ChangeEmailView,
  CheckEmailView,
  EmailUnverifiedView,
  ConfirmSignUpView,
  ForgotPasswordSentView,
  ForgotPasswordView,
  NewPasswordView,
  InvitationView,
  SignUpDoneView,
  SignUpView,
} from './sign-up-view-models.js';
import type { ConsentView } from './consent-view-models.js';
import type { FormTarget } from './form-target.js';
import type {
  PasskeyForm,
  PasskeysChallengeView,
  PasskeysEditView,
  PasskeysRemoveView,
  PasskeysView,
} from './passkey-view-models.js';
import type { DevMailView, DevMailsView } from './mail-view-models.js';
import type {
  DeviceCodeView,
  DeviceConfirmView,
  DeviceDoneView,
  ErrorView,
  FormPostView,
  LogoutDoneView,
  LogoutView,
} from './protocol-view-models.js';
import type { SelectAccountView } from './select-account-view-models.js';

/** Why a sign-in was refused. The text never tells whether the account exists. */
export type LoginFault =
  | 'invalid_credentials'
  | 'passkey_refused'
  | 'too_many_attempts'
  | 'overloaded'
  | 'identifier_missing'
  | 'password_missing';

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
  /** Where people create an account. */
  readonly signUpUri?: string | undefined;
  /** Where people go who have forgotten their password. */
  readonly forgotPasswordUri?: string | undefined;
  /** The app asks for somebody else than this account, which is signed in. */
  readonly notWanted?: string | undefined;
  /** Signs in by passkey, in browsers that can. */
  readonly passkey?: PasskeyForm | undefined;
  /** Other providers by which people may sign in. */
  readonly upstreams?: readonly UpstreamButton[] | undefined;
  /** The provider that is linked with the account that signs in here. */
  readonly linking?: string | undefined;
  /** This browser followed a link to sign in: posting `ticket` there signs in without a password. */
  readonly ticket?: { readonly action: string; readonly email: string } | undefined;
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
  readonly 'select-account': SelectAccountView;
  readonly logout: LogoutView;
  readonly 'logout-done': LogoutDoneView;
  readonly error: ErrorView;
  readonly 'interaction-expired': InteractionExpiredView;
  readonly continue: ContinueView;
  readonly 'form-post': FormPostView;
  readonly passkeys: PasskeysView;
  readonly 'passkeys-edit': PasskeysEditView;
  readonly 'passkeys-remove': PasskeysRemoveView;
  readonly 'passkeys-challenge': PasskeysChallengeView;
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
  readonly account: AccountView;
  readonly 'account-not-signed-in': AccountNotSignedInView;
  readonly 'account-profile': AccountProfileView;
  readonly 'account-password': AccountPasswordView;
  readonly 'account-sessions': AccountSessionsView;
  readonly 'account-apps': AccountAppsView;
  readonly 'account-requests': AccountRequestsView;
  readonly 'account-activity': AccountActivityView;
  readonly 'account-data': AccountDataView;
  readonly 'account-deletion': AccountDeletionView;
  readonly 'account-deletion-done': AccountDeletionDoneView;
  readonly 'sign-up': SignUpView;
  readonly 'check-email': CheckEmailView;
  readonly 'email-unverified': EmailUnverifiedView;
  readonly 'confirm-sign-up': ConfirmSignUpView;
  readonly 'sign-up-done': SignUpDoneView;
  readonly 'new-password': NewPasswordView;
  readonly 'forgot-password': ForgotPasswordView;
  readonly 'forgot-password-sent': ForgotPasswordSentView;
  readonly 'change-email': ChangeEmailView;
  readonly 'account-email': AccountEmailView;
  readonly invitation: InvitationView;
  readonly 'upstream-link': UpstreamLinkView;
  readonly 'upstream-sign-up': UpstreamSignUpView;
  readonly 'upstream-failed': UpstreamFailedView;
  readonly 'upstream-sign-out-done': UpstreamSignOutDoneView;
  readonly 'upstream-sign-out-failed': UpstreamSignOutFailedView;
  readonly 'account-linked-accounts': AccountLinkedAccountsView;
  readonly home: HomeView;
  readonly 'dev-mails': DevMailsView;
  readonly 'dev-mail': DevMailView;
  readonly 'second-factor': SecondFactorView;
  readonly 'second-factor-code': SecondFactorCodeView;
  readonly 'passkey-needed': PasskeyNeededView;
  readonly 'recovery-code-used': RecoveryCodeUsedView;
  readonly 'totp-setup': TotpSetupView;
  readonly 'recovery-codes': RecoveryCodesView;
  readonly 'account-totp': AccountTotpView;
  readonly 'account-totp-remove': AccountTotpRemoveView;
  readonly 'account-recovery-codes': AccountRecoveryCodesView;
}
