import type { AccountLabel } from './account-label-view-model.js';
import type { FormTarget } from './form-target.js';

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

/** Something that an app asks for in detail, once. @see RFC 9396 */
export interface ConsentDetail {
  /** What it wants to do, in the language of the page or in English. */
  readonly sentence: string;
  /** Names of actions. */
  readonly actions: readonly string[];
  /** Names of resource servers. */
  readonly locations: readonly string[];
  readonly fields: readonly { readonly label: string; readonly value: string }[];
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
  /** Asked for each time anew. */
  readonly details?: readonly ConsentDetail[] | undefined;
  /** Host that the browser goes to afterwards; a private-use scheme for native apps, empty where another device waits. */
  readonly redirectHost: string;
  /** The app may keep using the account while the person is away. */
  readonly offlineAccess: boolean;
  /** Whole days that the permission lasts; absent: until it is taken back. */
  readonly durationDays?: number | undefined;
  /** Nobody of the operator has looked at this app. */
  readonly unverified?: boolean | undefined;
  /** Host of the document in which the app says who it is, where its id is the address of one. */
  readonly documentHost?: string | undefined;
}
