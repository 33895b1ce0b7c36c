import type { ExchangeSignInLinkDeps } from '../../domain/account-links/exchange-sign-in-link.js';
import type { ResetPasswordDeps } from '../../domain/account-links/reset-password.js';
import type { ClientDirectory } from '../../domain/clients/client-directory.js';
import type { UnitsOfWork } from '../../domain/unit-of-work.js';
import type { Logger } from '../../observability/logger.js';
import type { VerifiedEmailDeps } from '../interactions/verified-email-deps.js';
import type { SignedInReader } from '../account/signed-in.js';
import type { Csrf } from '../middlewares/csrf.js';
import type { Pages } from '../pages.js';
import type { SelfServiceDeps } from '../sign-up/self-service-deps.js';
import type { SignInTicketCookie } from '../sign-in-ticket-cookie.js';

/** What the pages behind the links for users are made with. */
export interface AccountLinkDeps {
  readonly accountLinking: Omit<ResetPasswordDeps & ExchangeSignInLinkDeps, 'unitOfWork'>;
  readonly unitsOfWork: UnitsOfWork;
  /** Only the owner of an account, signed in, changes its address. */
  readonly signedIn: SignedInReader;
  readonly clientDirectory: Pick<ClientDirectory, 'find'>;
  readonly verifiedEmail: VerifiedEmailDeps;
  readonly signInTicketCookie: SignInTicketCookie;
  /** Absent: nobody can ask for a link themselves. */
  readonly selfService?: SelfServiceDeps | undefined;
  /** The issuer identifier. */
  readonly issuer: string;
  readonly pages: Pages;
  readonly csrf: Csrf;
  readonly logger: Logger;
}
