import type { Clock } from '../../domain/clock.js';
import type { AccountStore } from '../../domain/accounts/account-store.js';
import type { IdentityProvider } from '../../domain/upstream/identity-provider.js';
import type { UpstreamLinkStore } from '../../domain/upstream/upstream-link-store.js';
import type { UpstreamProtocol } from '../../domain/upstream/upstream-protocol.js';
import type { UpstreamRequestStore } from '../../domain/upstream/upstream-request-store.js';
import type { ReadLogoutToken } from '../../domain/upstream/end-upstream-sessions.js';
import type { UpstreamSidStore } from '../../domain/upstream/upstream-sid-store.js';
import type { UnitsOfWork } from '../../domain/unit-of-work.js';
import type { Logger } from '../../observability/logger.js';
import type { Pages } from '../pages.js';
import type { UpstreamCookies } from './upstream-cookies.js';

/** What sign-ins by other providers are made with. */
export interface UpstreamDeps {
  readonly providers: readonly IdentityProvider[];
  readonly protocol: UpstreamProtocol;
  readonly requests: UpstreamRequestStore;
  readonly links: Pick<UpstreamLinkStore, 'find' | 'list'>;
  readonly accounts: Pick<AccountStore, 'findById' | 'findByLogin'>;
  readonly sids: Pick<UpstreamSidStore, 'note'>;
  /** Reads the logout tokens of providers. */
  readonly readLogoutToken: ReadLogoutToken;
  /** How long a session here lasts at most. */
  readonly sessionSeconds: number;
  readonly cookies: UpstreamCookies;
  readonly unitsOfWork: UnitsOfWork;
  readonly randomToken: () => string;
  readonly issuer: string;
  readonly clock: Clock;
  readonly pages: Pages;
  readonly logger: Logger;
}
