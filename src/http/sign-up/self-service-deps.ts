import type {
  RequestPasswordResetDeps,
  CountResetRequestDeps,
} from '../../domain/account-links/request-password-reset.js';
import type { ConfirmRegistrationDeps } from '../../domain/registrations/confirm-registration.js';
import type { RequestRegistrationDeps } from '../../domain/registrations/request-registration.js';
import type { Afterwards } from './afterwards.js';
import type { RegistrationCookie } from './registration-cookie.js';
import type { WayBackCookie } from './way-back-cookie.js';

/** What the pages are made with on which people create an account, or get back into one. */
export interface SelfServiceDeps {
  /** Whether anybody may sign up. */
  readonly isOpen: boolean;
  /** Whether there is mail, without which none of it works. */
  readonly hasMail: boolean;
  readonly registration: Omit<RequestRegistrationDeps & ConfirmRegistrationDeps, 'unitOfWork'>;
  readonly registrationCookie: RegistrationCookie;
  readonly passwordReset: Omit<RequestPasswordResetDeps & CountResetRequestDeps, 'unitOfWork'>;
  readonly wayBackCookie: WayBackCookie;
  readonly afterwards: Afterwards;
}
