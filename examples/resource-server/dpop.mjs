import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose';
import { Refusal } from './refusal.mjs';

export const PROOF_ALGORITHMS = ['ES256', 'EdDSA', 'PS256'];
/** Seconds for which a proof is taken, and remembered. */
const PROOF_SECONDS = 60;

/**
 * Proofs that were seen, with the time from which they are too old anyway. In memory: several instances of an API need a store
 * that they share.
 * @type {Map<string, number>}
 */
const seen = new Map();

/**
 * Checks that whoever sent the request holds the key that its token is bound to.
 * @param {{ proof: string | undefined, method: string, url: string, token: string, jkt: string }} request `url` without query
 * @throws {Refusal} 401
 * @see RFC 9449 §4.3
 */
export async function checkProof({ proof, method, url, token, jkt }) {
  if (!proof) throw invalidProof();
  let payload, protectedHeader;
  try {
    ({ payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: PROOF_ALGORITHMS,
      maxTokenAge: PROOF_SECONDS,
      clockTolerance: 5,
      requiredClaims: ['jti', 'htm', 'htu', 'ath'],
    }));
  } catch {
    throw invalidProof();
  }
  const ath = createHash('sha256').update(token).digest('base64url');
  const isForRequest = payload.htm === method && withoutQuery(payload.htu) === url && payload.ath === ath;
  if (!isForRequest || (await calculateJwkThumbprint(protectedHeader.jwk)) !== jkt) throw invalidProof();
  if (!isFirst(`${jkt} ${payload.jti}`)) throw invalidProof();
}

function isFirst(name) {
  const now = Date.now() / 1000;
  for (const [old, until] of seen) {
    if (until > now) break;
    seen.delete(old);
  }
  if (seen.has(name)) return false;
  seen.set(name, now + PROOF_SECONDS + 10);
  return true;
}

function withoutQuery(htu) {
  try {
    const { origin, pathname } = new URL(htu);
    return `${origin}${pathname}`;
  } catch {
    return undefined;
  }
}

const invalidProof = () => new Refusal(401, { error: 'invalid_dpop_proof' });
