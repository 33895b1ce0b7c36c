import type { CancelAccountDeletionDeps } from '../../domain/account-deletion/cancel-account-deletion.js';
import type { FindAccountLinkDeps } from '../../domain/account-links/find-account-link.js';
import type { AuthenticateEndUserDeps } from '../../domain/accounts/authenticate-end-user.js';
import type { ReplaceTemporaryPasswordDeps } from '../../domain/accounts/replace-temporary-password.js';
import type { AccountStore } from '../../domain/accounts/account-store.js';
import type { ClientLogoStore } from '../../domain/branding/client-logo-store.js';
import type { Clock } from '../../domain/clock.js';
import type { ConsentStore } from '../../domain/consents/consent-store.js';
import type { AuthorizationDetailType } from '../../domain/resources/authorization-detail-type.js';
import type { Resource, Scope } from '../../domain/resources/resource.js';
import type { AddingUnitsOfWork, UnitsOfWork } from '../../domain/unit-of-work.js';
import type { Logger } from '../../observability/logger.js';
import type { Interactions } from '../../provider/interactions.js';
import type { FactorDeps } from '../factors/factor-deps.js';
import type { Csrf } from '../middlewares/csrf.js';
import type { Pages } from '../pages.js';
import type { SignInTicketCookie } from '../sign-in-ticket-cookie.js';
import type { PasskeySignIn } from './passkey-sign-in-deps.js';
import type { VerifiedEmailDeps } from './verified-email-deps.js';
import type { SelfServiceDeps } from '../sign-up/self-service-deps.js';
import type { UpstreamDeps } from '../upstream/upstream-deps.js';
import type { RestartCookie } from './restart-cookie.js';

/** What the pages of an interaction are made with. */
export interface InteractionDeps {
  readonly interactions: Interactions;
  readonly authentication: Omit<AuthenticateEndUserDeps, 'unitOfWork'>;
  readonly temporaryPasswords: Omit<ReplaceTemporaryPasswordDeps, 'unitOfWork'> & {
    /** The id by which the domain calls the interaction of this uid. */
    readonly interactionReference: (uid: string) => string;
  };
  readonly unitsOfWork: UnitsOfWork;
  /** For what is only added: events, consents. */
  readonly addingUnitsOfWork: AddingUnitsOfWork;
  readonly accounts: Pick<AccountStore, 'findById'>;
  readonly consents: Pick<ConsentStore, 'find'>;
  readonly clientLogos: Pick<ClientLogoStore, 'find' | 'read'>;
  readonly scopes: readonly Scope[];
  readonly resources: readonly Resource[];
  /** What apps may ask for in detail; absent: nothing. */
  readonly authorizationDetailTypes?: readonly AuthorizationDetailType[] | undefined;
  /** Seconds that a consent lasts without a new sign-in. */
  readonly grantSeconds: number;
  readonly pages: Pages;
  readonly csrf: Csrf;
  readonly factors: FactorDeps;
  readonly restartCookie: RestartCookie;
  readonly passkeySignIn: PasskeySignIn;
  readonly verifiedEmail: VerifiedEmailDeps;
  readonly signInTickets: FindAccountLinkDeps;
  readonly signInTicketCookie: SignInTicketCookie;
  readonly keepingAccounts: Omit<CancelAccountDeletionDeps, 'unitOfWork'>;
  /** Signing up and forgotten passwords; absent: neither. */
  readonly selfService?: SelfServiceDeps | undefined;
  /** Sign-in by other providers; absent: none. */
  readonly upstream?: UpstreamDeps | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}
