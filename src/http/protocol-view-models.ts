import type { UpstreamButton } from './upstream-view-models.js';
import type { AccountLabel } from './account-label-view-model.js';
import type { LibraryFormTarget } from './form-target.js';

/** Confirms signing out: posts `logout=yes`, or nothing to stay. */
export interface LogoutView extends LibraryFormTarget {
  readonly clientName?: string | undefined;
  readonly account?: AccountLabel | undefined;
}

/** After signing out, or not wanting to, when the app named no page of its own to go to. */
export interface LogoutDoneView {
  /** Who is still signed in, having chosen to stay so; absent: nobody is. */
  readonly account?: AccountLabel | undefined;
  readonly clientName?: string | undefined;
  /** The way back to the app. */
  readonly clientUri?: string | undefined;
  /** Where the person is still signed in, and can sign out. */
  readonly upstream?: UpstreamButton | undefined;
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

/**
 * Posts values onwards, to a relying party or to the next step, by a script or by its button.
 * @see OAuth 2.0 Form Post Response Mode §2
 */
export interface FormPostView {
  readonly action: string;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
}
