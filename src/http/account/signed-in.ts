import type { RouterContext } from '@koa/router';
import type { Account } from '../../domain/accounts/account.js';

/** Whoever is signed in to this provider with the browser that asks. */
export interface SignedIn {
  readonly account: Account;
  readonly session: {
    /** The same id as in `Session.id` of the domain. */
    readonly id: string;
    readonly signedInAt: Date;
    readonly amr: readonly string[];
    readonly acr: string | undefined;
  };
}

/** What a page of the account asks of the session. */
export interface SignedInNeeds {
  /** The person has to have proved who they are within the last ten minutes, else they do it again now. */
  readonly recently?: boolean;
  /** Seconds within which they have to have proved it instead. */
  readonly within?: number;
  /** The page is also for accounts that wait for their deletion; every other page leads them to the choice to keep it. */
  readonly whileDeleting?: boolean;
  /** Whose page it is: whoever is signed in with another account chooses this one first. Absent: of whoever is signed in. */
  readonly accountId?: string;
}

/** Finds out who is signed in. */
export interface SignedInReader {
  /**
   * @returns undefined when the answer is a redirect to sign in, or to confirm it, that comes back to this address: the
   *   caller has nothing more to do
   */
  require(ctx: RouterContext, needs?: SignedInNeeds): Promise<SignedIn | undefined>;
}
