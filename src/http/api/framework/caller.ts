import type { Permission } from '../../../domain/roles/permission.js';

/** Who calls the API, and what they may do there. */
export interface Caller {
  /** The end user for whom the token was issued; absent for a service. */
  readonly accountId: string | undefined;
  readonly clientId: string;
  /** How the token came; absent: there is none. */
  readonly scheme?: 'Bearer' | 'DPoP';
  /** What the token allows and, for an end user, their roles allow as well. */
  readonly permissions: ReadonlySet<Permission>;
  /** Whether the token was issued for the user's own account (`account`). */
  readonly mayUseOwnAccount: boolean;
}

/** What a route asks for: all of some permissions, a token for one's own account, or nothing. */
export type Access = readonly Permission[] | 'own_account' | 'public';
