import { errors, type Configuration } from 'oidc-provider';
import { isAlgorithmOfProfile } from './enabled-jwa.js';
import { isHeldToFapi } from './features/fapi.js';

type Assert = NonNullable<Configuration['assertJwtClientAuthClaimsAndHeader']>;

/** Seconds that a request object may be valid for. @see FAPI 2.0 Message Signing §5.3.1 */
const MAX_VALIDITY_SECONDS = 3600;

/**
 * Claims and algorithm of the request objects of clients that are held to FAPI, and those of CIBA.
 * @see FAPI 2.0 Message Signing §5.3.1, FAPI 2.0 Security Profile §5.4.1, OpenID Connect CIBA Core 1.0 §7.1.1
 */
export const assertRequestObject: Assert = (ctx, claims, header, client) => {
  const isForBackchannel = ctx.oidc.route === 'backchannel_authentication';
  const isFapi = isHeldToFapi(client);
  const required = [
    ...(isFapi || isForBackchannel ? ['exp', 'nbf'] : []),
    ...(isFapi ? ['aud'] : []),
    ...(isForBackchannel ? ['iat', 'jti'] : []),
  ];
  const missing = required.find((claim) => claims[claim] === undefined);
  if (missing !== undefined) {
    throw new errors.InvalidRequestObject(`Request Object is missing the '${missing}' claim`);
  }
  if (!isFapi) return;
  const validity = Number(claims['exp']) - Number(claims['nbf']);
  if (!(validity > 0 && validity <= MAX_VALIDITY_SECONDS)) {
    throw new errors.InvalidRequestObject("Request Object 'exp' claim too far from 'nbf' claim");
  }
  // A pushed request that was not signed lies here as a JWT of the library's own, without a signature.
  if (ctx.oidc.entities.PushedAuthorizationRequest) return;
  if (!isAlgorithmOfProfile(header['alg'])) {
    throw new errors.InvalidRequestObject('unsupported signed request alg');
  }
};
