import { createAfterwards } from '../http/sign-up/afterwards.js';
import { createRegistrationCookie } from '../http/sign-up/registration-cookie.js';
import type { VerifiedEmailDeps } from '../http/interactions/verified-email-deps.js';
import type { SelfServiceDeps } from '../http/sign-up/self-service-deps.js';
import type { SignUpDeps } from '../http/sign-up/sign-up-deps.js';
import { createWayOnCookie } from '../http/sign-up/way-on-cookie.js';
import { createWayBackCookie } from '../http/sign-up/way-back-cookie.js';
import type { Logger } from '../observability/logger.js';
import type { Application } from './application.js';

/** Puts together what the pages need on which people create an account, or get back into one. */
export function openSelfService(
  application: Application,
  logger: Logger,
): { readonly selfService: SelfServiceDeps; readonly verifiedEmail: VerifiedEmailDeps } & Pick<
  SignUpDeps,
  'invitations'
> {
  const { config, stores } = application;
  const { accounts, registrations, invitations } = stores;
  const secure = config.issuer.startsWith('https:');
  return {
    selfService: {
      isOpen: config.signUp.mode === 'open',
      hasMail: config.mail.available,
      registration: { ...application, accounts, registrations, emailDomains: config.signUp.emailDomains },
      registrationCookie: createRegistrationCookie(secure),
      passwordReset: { ...application, accounts },
      wayBackCookie: createWayBackCookie(secure),
      afterwards: createAfterwards(logger),
    },
    verifiedEmail: {
      required: config.requireVerifiedEmail,
      hasMail: config.mail.available,
      requests: application,
      wayOn: createWayOnCookie(secure),
    },
    invitations: { ...application, invitations },
  };
}

/** Removes the registrations and invitations that have expired. */
export async function purgeSignUps({ stores, clock }: Application): Promise<void> {
  const now = clock.now();
  await Promise.all([stores.registrations.purge(now), stores.invitations.purge(now)]);
}
