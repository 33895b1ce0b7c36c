import type { ClientSecretHasher } from '../../src/domain/clients/client-secret-hasher.js';
import type { ClientStore } from '../../src/domain/clients/client-store.js';
import type { ArtifactRevocation } from '../../src/domain/artifacts/artifact-revocation.js';
import type { UnitOfWork } from '../../src/domain/unit-of-work.js';
import { createInMemoryConsentStore } from './in-memory-consent-store.js';
import { createRecordingAuditTrail } from './recording-audit-trail.js';
import { createInMemoryClientStore } from './in-memory-client-store.js';

/** A hasher whose hashes a test can read. */
export const plainHasher: ClientSecretHasher = {
  hash: (secret) => `hash of ${secret}`,
  matches: (hash, secret) => hash === `hash of ${secret}`,
};

/** What the use cases of clients need, in memory and with a clock that the test turns. */
export function createClientUseCaseDeps(clients: ClientStore = createInMemoryClientStore()) {
  let now = new Date('2026-03-03T03:03:03.003Z');
  let tokens = 0;
  const revokedClients: string[] = [];
  const artifactRevocation: ArtifactRevocation = {
    revokeAccount: () => Promise.resolve(0),
    revokeClient: (clientId) => {
      revokedClients.push(clientId);
      return Promise.resolve(7);
    },
    revokeEverything: () => Promise.resolve(0),
  };
  const consents = createInMemoryConsentStore();
  const audit = createRecordingAuditTrail();
  const unitOfWork: UnitOfWork<'clients' | 'consents' | 'artifactRevocation' | 'audit'> = {
    run: (work) => work({ clients, consents, artifactRevocation, audit }),
  };
  return {
    clients,
    consents,
    artifactRevocation,
    audit,
    unitOfWork,
    revokedClients,
    clock: { now: () => now },
    advanceSeconds: (seconds: number) => (now = new Date(now.getTime() + seconds * 1000)),
    clientSecretHasher: plainHasher,
    /** As long as 256 bits in base64url, and different each time. */
    randomToken: () => String((tokens += 1)).padStart(43, 'r'),
    knownScopes: ['openid', 'profile', 'email', 'offline_access', 'orders:read'],
    knownResources: ['https://api.example.com'],
    minSecretCharacters: 32,
    declaredClientIds: new Set(['declared']),
  };
}
