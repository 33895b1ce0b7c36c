import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import * as oidc from 'openid-client';
import { checkProof } from './dpop.mjs';
import { Refusal } from './refusal.mjs';

/**
 * Who calls, and how they signed in.
 * @typedef {object} Caller
 * @property {string} sub the person, or the client that acts for itself
 * @property {string} client_id the application
 * @property {string} [scope]
 * @property {string} [acr] how well the person proved who they are
 * @property {number} [auth_time] when, in epoch seconds
 * @property {{ jkt?: string }} [cnf] what the token is bound to: a key, or a certificate
 */

/**
 * Checks access tokens: JWTs by the provider's keys, opaque ones by asking the provider.
 * @param {oidc.Configuration} provider discovered; its client may introspect, when opaque tokens are to be taken
 * @param {{ audience: string, origin: string }} api its identifier at the provider, and where it is called
 */
export function createAccessTokens(provider, { audience, origin }) {
  const { issuer, jwks_uri: jwksUri } = provider.serverMetadata();
  // Keeps the keys, and asks again for one that it does not know: the provider rotates them.
  const keys = createRemoteJWKSet(new URL(jwksUri));

  /** @returns {Promise<Caller>} @see RFC 9068 §4 */
  async function readJwt(token) {
    try {
      return (await jwtVerify(token, keys, { issuer, audience, typ: 'at+jwt' })).payload;
    } catch (error) {
      // Keys that cannot be fetched are no fault of the token.
      if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError)) throw error;
      throw invalidToken();
    }
  }

  /** @returns {Promise<Caller>} @see RFC 7662 §2 */
  async function introspect(token) {
    if (!provider.clientMetadata().client_secret) throw invalidToken();
    const answer = await oidc.tokenIntrospection(provider, token);
    const audiences = [answer.aud ?? []].flat();
    if (!answer.active || answer.iss !== issuer || !audiences.includes(audience)) throw invalidToken();
    return answer;
  }

  return {
    /**
     * @param {import('node:http').IncomingMessage} request
     * @returns {Promise<Caller>}
     * @throws {Refusal} 401
     */
    async callerOf({ method, url, headers }) {
      const [, scheme, token] = /^(Bearer|DPoP) ([\w.~+/=-]+)$/i.exec(headers.authorization ?? '') ?? [];
      if (!token) throw new Refusal(401);
      const caller = token.split('.').length === 3 ? await readJwt(token) : await introspect(token);
      const isProven = scheme.toLowerCase() === 'dpop';
      // A bound token that comes as a bearer token was taken from somebody (RFC 9449 §7.2). Certificates are not taken here.
      if (isProven ? caller.cnf?.jkt === undefined : caller.cnf !== undefined) throw invalidToken();
      if (isProven) {
        const { pathname } = new URL(url, origin);
        await checkProof({
          proof: headers.dpop,
          method,
          url: `${origin}${pathname}`,
          token,
          jkt: caller.cnf.jkt,
        });
      }
      return caller;
    },
  };
}

const invalidToken = () => new Refusal(401, { error: 'invalid_token' });
