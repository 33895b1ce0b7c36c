import type { Configuration } from 'oidc-provider';
import type { FindAttesterKey } from '../../domain/clients/client-attester.js';

type Feature = NonNullable<NonNullable<Configuration['features']>['attestClientAuth']>;

/** What authentication by attestation needs from outside the protocol. */
export interface AttestationParts {
  readonly findAttesterKey: FindAttesterKey;
  /** 32 bytes that all instances share, so that each accepts the challenges of the others. */
  readonly challengeSecret: Buffer;
}

/**
 * Clients whose instances prove by a trusted attester's word that they are genuine, and by a challenge that they hold the
 * key of which it speaks. Refresh tokens belong to the instance.
 * @param parts absent: it is not offered
 * @see draft-ietf-oauth-attestation-based-client-auth
 */
export function clientAttestation(parts: AttestationParts | undefined): Feature {
  if (!parts) return { enabled: false };
  return {
    enabled: true,
    // The library wants to be told that its draft is known.
    ack: 'draft-12',
    challengeSecret: parts.challengeSecret,
    getAttestationSignaturePublicKey: (_ctx, header, payload, { clientId }) =>
      parts.findAttesterKey({
        issuer: payload['iss'],
        clientId,
        algorithm: header['alg'],
        keyId: header['kid'],
      }),
  };
}
