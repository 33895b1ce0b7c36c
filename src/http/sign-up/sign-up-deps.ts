import type { AcceptInvitationDeps } from '../../domain/invitations/accept-invitation.js';
import type { UnitsOfWork } from '../../domain/unit-of-work.js';
import type { Logger } from '../../observability/logger.js';
import type { Csrf } from '../middlewares/csrf.js';
import type { Pages } from '../pages.js';
import type { SelfServiceDeps } from './self-service-deps.js';

/** What the pages are made with that stand outside any interaction. */
export interface SignUpDeps {
  readonly selfService: SelfServiceDeps;
  readonly invitations: Omit<AcceptInvitationDeps, 'unitOfWork'>;
  readonly unitsOfWork: UnitsOfWork;
  readonly issuer: string;
  readonly pages: Pages;
  readonly csrf: Csrf;
  readonly logger: Logger;
}
