import type { AccountPage } from './account-view-models.js';
import type { FormTarget } from './form-target.js';

/** The form that a script fills with an authenticator's answer: posts `credential`. Hidden without scripts. */
export interface PasskeyForm {
  readonly action: string;
  /** Posting there, the token alone, answers JSON: what the browser asks an authenticator with. */
  readonly optionsAction: string;
}

/** Why a passkey was not added. */
export type PasskeyFault = 'passkey_refused' | 'passkey_exists';

/** A passkey as its owner sees it. */
export interface PasskeyEntry {
  readonly name: string;
  /** RFC 3339. */
  readonly createdAt: string;
  readonly lastUsedAt?: string | undefined;
  /** It is kept in more than one place. */
  readonly synced: boolean;
}

/** Passkeys of the account: adds one, and leads to each. */
export interface PasskeysView extends AccountPage, FormTarget, PasskeyForm {
  readonly passkeys: readonly (PasskeyEntry & { readonly href: string })[];
  /** How many an account can have. */
  readonly limit: number;
  readonly fault?: PasskeyFault | undefined;
  /** For password managers, as JSON: the passkeys that there are. @see WebAuthn Level 3 §5.1.10.3 */
  readonly signal: string;
}

/** One passkey: posts `name`. */
export interface PasskeysEditView extends AccountPage, FormTarget {
  readonly passkey: PasskeyEntry;
  /** What was typed; at first the name. */
  readonly name: string;
  readonly fault?: 'name_invalid' | undefined;
  readonly removeHref: string;
}

/** Asks whether to remove a passkey: posts an empty form. */
export interface PasskeysRemoveView extends AccountPage, FormTarget {
  readonly name: string;
  /** No other passkey would be left. */
  readonly isLast: boolean;
}

/** Asks for a passkey as the second factor. */
export interface PasskeysChallengeView extends FormTarget, PasskeyForm {
  readonly account: string;
  readonly fault?: 'passkey_refused' | 'too_many_attempts' | undefined;
  /** Whole minutes, at least 1; only with `too_many_attempts`. */
  readonly retryAfterMinutes?: number | undefined;
  /** Where the other ways are; absent: there are none. */
  readonly otherWaysHref?: string | undefined;
  /** Posting there gives up and answers the app with `access_denied`. */
  readonly cancelAction: string;
}
