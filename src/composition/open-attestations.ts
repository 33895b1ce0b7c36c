import type { AttestationParts } from '../provider/features/client-attestation.js';
import type { TraceOutbound } from '../provider/outbound-fetch.js';
import { deriveKey } from '../security/derive-key.js';
import { createAttesterKeys } from '../upstream/attester-keys.js';
import type { Application } from './application.js';

/** Puts together what attestations of client instances need, where they are taken. No key is fetched yet. */
export function openAttestations(
  { config, dataKey }: Pick<Application, 'config' | 'dataKey'>,
  trace: TraceOutbound | undefined,
): AttestationParts | undefined {
  if (!config.features.clientAttestation) return undefined;
  return {
    findAttesterKey: createAttesterKeys(config.clientAttesters, {
      allowLoopback: config.mode !== 'production',
      trace,
    }),
    challengeSecret: deriveKey(dataKey, 'client-attestation-challenges'),
  };
}
