import type { FindAccountLinkDeps } from '../../domain/account-links/find-account-link.js';
import type { AuthenticateEndUserDeps } from '../../domain/accounts/authenticate-end-user.js';
import type { AccountStore } from '../../domain/accounts/account-store.js';
import type { Clock } from '../../domain/clock.js';
import type { ConsentStore } from '../../domain/consents/consent-store.js';
import type { Resource, Scope } from '../../domain/resources/resource.js';
import type { UnitsOfWork } from '../../domain/unit-of-work.js';
import type { Logger } from '../../observability/logger.js';
import type { Interactions } from '../../provider/interactions.js';
import type { Csrf } from '../middlewares/csrf.js';
import type { Pages } from '../pages.js';
import type { SignInTicketCookie } from '../sign-in-ticket-cookie.js';
import type { RestartCookie } from './restart-cookie.js';

/** What the pages of an interaction are made with. */
export interface InteractionDeps {
  readonly interactions: Interactions;
  readonly authentication: Omit<AuthenticateEndUserDeps, 'unitOfWork'>;
  readonly unitsOfWork: UnitsOfWork;
  readonly accounts: Pick<AccountStore, 'findById'>;
  readonly consents: Pick<ConsentStore, 'find'>;
  readonly scopes: readonly Scope[];
  readonly resources: readonly Resource[];
  /** Seconds that a consent lasts without a new sign-in. */
  readonly grantSeconds: number;
  readonly pages: Pages;
  readonly csrf: Csrf;
  readonly restartCookie: RestartCookie;
  readonly signInTickets: FindAccountLinkDeps;
  readonly signInTicketCookie: SignInTicketCookie;
  readonly clock: Clock;
  readonly logger: Logger;
}
