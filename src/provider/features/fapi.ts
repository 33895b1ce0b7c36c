import { errors, type Configuration } from 'oidc-provider';
import { demands } from '../../domain/profiles/security-profile.js';
import { clientTraits } from '../client-metadata.js';
import { isAlgorithmOfProfile } from '../enabled-jwa.js';

type Feature = NonNullable<NonNullable<Configuration['features']>['fapi']>;

/** The library's own checks of FAPI 2.0, for the clients that are held to it. @see FAPI 2.0 Security Profile §5.3.2 */
export const fapi: Feature = {
  enabled: true,
  profile: (_ctx, client) => (isHeldToFapi(client) ? '2.0' : undefined),
};

/** @param client the library's client; absent: nobody has said who they are yet */
export function isHeldToFapi(client: Readonly<Record<string, unknown>> | undefined): boolean {
  return client !== undefined && demands(clientTraits(client).profile, 'fapi2');
}

/**
 * Client assertions of the profile: for the issuer alone, by one of its algorithms.
 * @see FAPI 2.0 Security Profile §5.3.2.1, §5.4.1
 */
export const assertClientAssertion: NonNullable<Configuration['assertJwtClientAuthClaimsAndHeader']> = (
  ctx,
  claims,
  header,
  client,
) => {
  if (!isHeldToFapi(client)) return;
  if (claims['aud'] !== ctx.oidc.provider.issuer) {
    throw new errors.InvalidClientAuth('audience (aud) must equal the issuer identifier url');
  }
  if (!isAlgorithmOfProfile(header['alg'])) throw new errors.InvalidClientAuth('alg mismatch');
};
