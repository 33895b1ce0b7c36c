import type { FieldFault } from '../domain/errors.js';
import type { UpstreamFault } from '../domain/upstream/upstream-error.js';
import type { AccountPage } from './account-view-models.js';
import type { FormTarget } from './form-target.js';

/** A button that leads to another provider: an empty form. */
export interface UpstreamButton {
  readonly name: string;
  readonly action: string;
}

/** Another provider vouches for an address that has an account: an empty form says that it is to be linked. */
export interface UpstreamLinkView extends FormTarget {
  readonly providerName: string;
  readonly email: string;
  /** Back to the sign-in. */
  readonly backUri: string;
}

/** The first sign-in by another provider: posts `given_name` and `family_name`. */
export interface UpstreamSignUpView extends FormTarget {
  readonly providerName: string;
  /** The address that the provider vouches for. */
  readonly email: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly faults: readonly FieldFault[];
  readonly backUri: string;
}

/** The sign-in by another provider does not go on. */
export interface UpstreamFailedView {
  readonly providerName: string;
  readonly fault: UpstreamFault;
  /** What the operator finds in the log. */
  readonly reference: string;
  /** Back to where the person came from; absent where nobody knows. */
  readonly backUri?: string | undefined;
  /** What is there. */
  readonly back?: 'sign_in' | 'account' | undefined;
}

/** The person came back from the page of another provider on which one signs out there, or stays. */
export interface UpstreamSignOutDoneView {
  readonly providerName: string;
}

/** Signing out of this provider does not sign out there, and there is no place where one could. */
export interface UpstreamSignOutFailedView {
  readonly providerName: string;
  /** Somebody came back from such a place, but not from where this browser was sent. */
  readonly fault?: 'return_unknown' | undefined;
}

/** Links with other providers: posts `link` with the id of one, or `unlink` with the id of a link. */
export interface AccountLinkedAccountsView extends AccountPage, FormTarget {
  readonly links: readonly {
    readonly id: string;
    readonly providerName: string;
    readonly email?: string | undefined;
    /** RFC 3339. */
    readonly since: string;
    readonly lastUsedAt?: string | undefined;
  }[];
  /** Those that can be linked. */
  readonly providers: readonly { readonly id: string; readonly name: string }[];
  readonly fault?: 'last_way_to_sign_in' | undefined;
}
