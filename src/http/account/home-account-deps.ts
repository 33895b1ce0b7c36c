import type { RequestAccountDeletionDeps } from '../../domain/account-deletion/request-account-deletion.js';
import type { Account } from '../../domain/accounts/account.js';
import type { AccountStore } from '../../domain/accounts/account-store.js';
import type { ChangeOwnPasswordDeps } from '../../domain/accounts/change-own-password.js';
import type { AuditReader } from '../../domain/audit/audit-log.js';
import type { ListConnectedAppsDeps } from '../../domain/client-uses/list-connected-apps.js';
import type { JsonValue } from '../../domain/json.js';
import type { Resource, Scope } from '../../domain/resources/resource.js';
import type { SessionStore } from '../../domain/sessions/session-store.js';
import type { AccountAreaName } from '../account-view-models.js';
import type { AccountDeps } from './account-deps.js';

/** A page of the account that another part of the program brings along. */
export interface AccountArea {
  readonly name: AccountAreaName;
  readonly path: string;
  /** How many of them the account has, for the overview; 0: not set up. */
  readonly count?: (account: Account) => Promise<number>;
  /** What is stored of the account there, for its owner's download; never a secret. */
  readonly exported?: (account: Account) => Promise<JsonValue>;
}

/** What the account's own pages are made with. */
export interface HomeAccountDeps extends AccountDeps {
  readonly accounts: Pick<AccountStore, 'findById' | 'findByLogin'>;
  readonly sessions: Pick<SessionStore, 'list'>;
  readonly connectedApps: ListConnectedAppsDeps;
  readonly passwords: Omit<ChangeOwnPasswordDeps, 'unitOfWork'>;
  readonly deletion: Omit<RequestAccountDeletionDeps, 'unitOfWork'>;
  readonly auditReader: Pick<AuditReader, 'list'>;
  readonly scopes: readonly Scope[];
  readonly resources: readonly Resource[];
  readonly areas: readonly AccountArea[];
  /** Path at which people sign out of this provider. */
  readonly signOutPath: string;
  /** Whether this provider is served over https: cookies go over nothing else then. */
  readonly secure: boolean;
}
