import { interactionPolicy as library } from 'oidc-provider';
import { lacksVerifiedEmail } from '../domain/sign-in/verified-email.js';
import { clientTraits } from './client-metadata.js';
import { accountBehind } from './find-account.js';

/** The reason of an interaction in which somebody is signed in whose address has to be verified first. */
export const EMAIL_UNVERIFIED = 'email_unverified';

/**
 * Asks whoever is signed in to verify their address where the client or the operator demands it.
 * @see OpenID Connect Core 1.0 §3.1.2.6 `interaction_required`
 */
export function verifiedEmailCheck(requireVerifiedEmail: boolean): library.Check {
  return new library.Check(
    EMAIL_UNVERIFIED,
    'the email address of the End-User has to be verified',
    'interaction_required',
    ({ oidc: { account, client } }) => {
      const person = account && accountBehind(account);
      if (!person || !client) return false;
      return lacksVerifiedEmail(person, {
        clientId: client.clientId,
        byDeployment: requireVerifiedEmail,
        byClient: clientTraits(client).requireVerifiedEmail,
      });
    },
  );
}
