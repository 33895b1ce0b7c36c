import type { FieldFault } from '../domain/errors.js';
import type { FormTarget } from './form-target.js';

/** What a page of the account tells that was just done there. */
export type AccountDone =
  | 'profile_saved'
  | 'password_changed'
  | 'session_ended'
  | 'others_ended'
  | 'app_removed'
  | 'request_allowed'
  | 'request_denied'
  | 'account_linked'
  | 'account_unlinked'
  | 'passkey_added'
  | 'passkey_renamed'
  | 'passkey_removed'
  | 'totp_added'
  | 'totp_removed'
  | 'recovery_codes_made'
  | 'deletion_cancelled';

/** What every page of the account can name. */
export interface AccountPage {
  /** Whose pages these are, as that person knows the account. */
  readonly account: { readonly label: string };
  /** IANA time zone in which times are written. */
  readonly timeZone: string;
  readonly done?: AccountDone | undefined;
}

/** Pages of the account to which the overview leads. */
export type AccountAreaName =
  | 'profile'
  | 'email'
  | 'password'
  | 'passkeys'
  | 'totp'
  | 'recovery_codes'
  | 'linked_accounts'
  | 'sessions'
  | 'apps'
  | 'requests'
  | 'activity'
  | 'data'
  | 'deletion';

/** The first page of the account. */
export interface AccountView extends AccountPage {
  readonly name?: string | undefined;
  readonly groups: readonly {
    readonly name: 'person' | 'sign_in' | 'use' | 'data';
    readonly areas: readonly {
      readonly name: AccountAreaName;
      readonly href: string;
      /** How many there are, or whether there is one; absent: not told. */
      readonly count?: number | undefined;
    }[];
  }[];
  readonly signOutUri: string;
}

/** The sign-in for the account's pages was not finished. */
export interface AccountNotSignedInView {
  readonly retryUri: string;
}

/** What people tell about themselves: posts the fields under the names of their claims, and `username`. */
export interface AccountProfileView extends AccountPage, FormTarget {
  readonly values: Readonly<Record<string, string>>;
  /** Languages of the pages, by which a person may be written to. */
  readonly languages: readonly { readonly tag: string; readonly name: string }[];
  readonly faults: readonly FieldFault[];
}

/** Changes or sets the password: posts `current_password` and `password`. */
export interface AccountPasswordView extends AccountPage, FormTarget {
  readonly hasPassword: boolean;
  readonly passwordMinLength: number;
  readonly faults: readonly FieldFault[];
  /** Whole minutes, at least 1; only with the fault `too_many_attempts`. */
  readonly retryAfterMinutes?: number | undefined;
}

/** Sessions: posts `session` to end one, or `others=1` to end all but the one in use. */
export interface AccountSessionsView extends AccountPage, FormTarget {
  readonly sessions: readonly {
    readonly id: string;
    readonly isThis: boolean;
    /** Names of browser and system, as far as they are known. */
    readonly browser?: string | undefined;
    readonly system?: string | undefined;
    readonly network?: string | undefined;
    /** RFC 3339. */
    readonly signedInAt?: string | undefined;
    readonly seenAt?: string | undefined;
  }[];
}

/** Apps: posts `client_id` to remove one. */
export interface AccountAppsView extends AccountPage, FormTarget {
  readonly apps: readonly {
    readonly clientId: string;
    readonly name: string;
    readonly uri?: string | undefined;
    readonly scopes: readonly {
      readonly name: string;
      /** For scopes that the pages do not translate. */
      readonly sentence?: string | undefined;
      /** The resource server that it is for. */
      readonly value?: string | undefined;
      readonly isNew: false;
    }[];
    /** RFC 3339. */
    readonly since: string;
    readonly lastUsedAt?: string | undefined;
    /** What it has received of the account, under the names of the claims. */
    readonly received: readonly { readonly name: string; readonly value: string }[];
  }[];
}

/** What apps ask for on another device: posts `request`, and `decision` with `allow` or `deny`. */
export interface AccountRequestsView extends AccountPage, FormTarget {
  readonly requests: readonly {
    readonly id: string;
    readonly clientName: string;
    /** What stands at the device that asks too. */
    readonly message?: string | undefined;
    readonly scopes: AccountAppsView['apps'][number]['scopes'];
    /** RFC 3339. */
    readonly until: string;
  }[];
  readonly fault?: 'gone' | 'second_factor' | 'verified_email' | undefined;
}

/** What happened to the account, the newest first. */
export interface AccountActivityView extends AccountPage {
  readonly events: readonly {
    /** The type of the audit event with `_` for `.`, for instance `sign_in_succeeded`. */
    readonly kind: string;
    /** RFC 3339. */
    readonly at: string;
    /** Somebody else did it: an administrator, or the system. */
    readonly byOther: boolean;
    readonly clientName?: string | undefined;
    readonly browser?: string | undefined;
    readonly system?: string | undefined;
    readonly network?: string | undefined;
  }[];
  /** The page of older events. */
  readonly olderUri?: string | undefined;
}

/** A download of all that is stored about the person: an empty form. */
export interface AccountDataView extends AccountPage, FormTarget {}

/** Deletion of the account: posts `decision` with `delete`, and once it waits, with `keep`. */
export interface AccountDeletionView extends AccountPage, FormTarget {
  /** Whole days; 0: the account is deleted at once. */
  readonly graceDays: number;
  /** RFC 3339; the account waits for its deletion. */
  readonly dueAt?: string | undefined;
  readonly fault?: 'last_administrator' | undefined;
  /** The app that the person wanted to sign in to. */
  readonly clientName?: string | undefined;
  /** Posting there gives up and answers the app with `access_denied`. */
  readonly cancelAction?: string | undefined;
  readonly signOutUri?: string | undefined;
}

/** The account is gone, or will be. */
export interface AccountDeletionDoneView {
  readonly timeZone: string;
  /** RFC 3339; absent: it is gone. */
  readonly dueAt?: string | undefined;
}
