import type { FormTarget } from './form-target.js';

/**
 * Choose among the accounts that are signed in with this browser: posts `session` with the one to go on as, `end` with
 * the one to sign out, or `other` for an account that is not in the list.
 */
export interface SelectAccountView extends FormTarget {
  readonly clientName: string;
  readonly accounts: readonly {
    readonly session: string;
    readonly label: string;
    /** The account that is in use. */
    readonly inUse: boolean;
  }[];
  /** The app asks for somebody else than the account in use, which is this one. */
  readonly notWanted?: string | undefined;
  /** Posting there gives up and answers the app with `access_denied`. */
  readonly cancelAction?: string | undefined;
}
