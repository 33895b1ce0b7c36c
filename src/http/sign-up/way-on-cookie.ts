import { ACCOUNT_LINK_KINDS } from '../../domain/account-links/account-link.js';
import { createAddressCookie, type AddressCookie } from '../address-cookie.js';

const NAME = 'latchkey_way_on';
/** Seconds, as long as a sign-in waits by default. */
const LIFETIME = 30 * 60;

/**
 * Keeps, in the browser itself, the sign-in that waits until its owner has verified their address.
 * @param secure whether the issuer is served over https
 */
export function createWayOnCookie(secure: boolean): AddressCookie {
  return createAddressCookie({
    name: NAME,
    path: ACCOUNT_LINK_KINDS.email_verification.path,
    seconds: LIFETIME,
    secure,
  });
}
