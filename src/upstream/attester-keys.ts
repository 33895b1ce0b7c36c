import {
  UntrustedAttestation,
  type ClientAttester,
  type FindAttesterKey,
} from '../domain/clients/client-attester.js';
import { issuerKeySet } from './issuer-key-set.js';

/**
 * The keys of the attesters that the operator trusts, each for its own clients alone.
 * @param rules see `issuerKeySet`
 */
export function createAttesterKeys(
  attesters: readonly ClientAttester[],
  rules: Parameters<typeof issuerKeySet>[1],
): FindAttesterKey {
  const trusted = new Map(
    attesters.map(({ issuer, clients, keys }) => [
      issuer,
      { clients: new Set(clients), keys: issuerKeySet(keys, rules) },
    ]),
  );
  return async ({ issuer, clientId, algorithm, keyId }) => {
    const attester = typeof issuer === 'string' ? trusted.get(issuer) : undefined;
    if (!attester) throw new UntrustedAttestation('the issuer of the attestation is not a trusted attester');
    if (!attester.clients.has(clientId)) {
      throw new UntrustedAttestation('the issuer of the attestation may not speak for this client');
    }
    return attester.keys({
      ...(typeof algorithm === 'string' ? { alg: algorithm } : {}),
      ...(typeof keyId === 'string' ? { kid: keyId } : {}),
    });
  };
}
