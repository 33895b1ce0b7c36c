import type { Clock } from '../domain/clock.js';
import type { Stores } from '../domain/unit-of-work.js';
import { createKeyedHash, deriveKey } from '../security/derive-key.js';
import { createSealedBox } from '../security/sealed-box.js';
import { createAccountLinkStore } from '../storage/postgres/account-link-store.js';
import { createAccountStore } from '../storage/postgres/account-store.js';
import type { ArtifactCodec } from '../storage/postgres/artifact-codec.js';
import { createArtifactRevocation } from '../storage/postgres/artifact-revocation.js';
import {
  createBackchannelRequestStore,
  createPingQueue,
} from '../storage/postgres/backchannel-request-store.js';
import { createBulkAccountStore } from '../storage/postgres/bulk-account-store.js';
import { createClientLogoStore } from '../storage/postgres/client-logo-store.js';
import { createClientRegistrationStore } from '../storage/postgres/client-registration-store.js';
import { createInitialAccessTokenStore } from '../storage/postgres/initial-access-token-store.js';
import { createClientStore } from '../storage/postgres/client-store.js';
import { createConsentStore } from '../storage/postgres/consent-store.js';
import type { Database } from '../storage/postgres/database.js';
import { createGrantStore } from '../storage/postgres/grant-store.js';
import { createGroupStore } from '../storage/postgres/group-store.js';
import { createRecoveryCodeStore } from '../storage/postgres/recovery-code-store.js';
import { createRememberedDeviceStore } from '../storage/postgres/remembered-device-store.js';
import { createInvitationStore } from '../storage/postgres/invitation-store.js';
import { createRegistrationStore } from '../storage/postgres/registration-store.js';
import { createMailOutbox } from '../storage/postgres/mail-outbox.js';
import { createMailQueue } from '../storage/postgres/mail-queue.js';
import { createPasskeyChallengeStore } from '../storage/postgres/passkey-challenge-store.js';
import { createPasskeyStore } from '../storage/postgres/passkey-store.js';
import { createLogoutQueue } from '../storage/postgres/logout-queue.js';
import { createRoleStore } from '../storage/postgres/role-store.js';
import { createSessionStore } from '../storage/postgres/session-store.js';
import { createSetupLinkStore } from '../storage/postgres/setup-link-store.js';
import { createSigningKeyStore } from '../storage/postgres/signing-key-store.js';
import { createTotpStore } from '../storage/postgres/totp-store.js';
import { createUpstreamLinkStore } from '../storage/postgres/upstream-link-store.js';
import { createUpstreamSidStore } from '../storage/postgres/upstream-sid-store.js';
import { createUpstreamRequestStore } from '../storage/postgres/upstream-request-store.js';
import { createRedisPasskeyChallengeStore } from '../storage/redis/passkey-challenge-store.js';
import type { Redis } from '../storage/redis/redis.js';
import { tellingUnavailable } from '../storage/postgres/unavailable.js';

/** Every store but the audit log, which belongs to a unit of work alone. */
export type OpenStores = Omit<Stores, 'audit'>;

/**
 * Makes the stores on a connection: the pool, or the transaction of a unit of work.
 * @param parts.dataKey 32 bytes, from which the keys that seal what is stored are derived
 * @param parts.redis keeps what is short-lived and needs no transaction
 */
export function createStoreFactory(parts: {
  readonly dataKey: Buffer;
  readonly artifactCodec: ArtifactCodec;
  readonly clock: Clock;
  readonly redis?: Redis | undefined;
}): (connection: Database) => OpenStores {
  const { dataKey, artifactCodec: codec, clock, redis } = parts;
  const signingKeySealer = createSealedBox(deriveKey(dataKey, 'signing-keys'));
  const totpSealer = createSealedBox(deriveKey(dataKey, 'totp-secrets'));
  const invitationSealer = createSealedBox(deriveKey(dataKey, 'invitations'));
  const registrationSealer = createSealedBox(deriveKey(dataKey, 'registrations'));
  const mailSealer = createSealedBox(deriveKey(dataKey, 'mails'));
  const recipientHash = createKeyedHash(deriveKey(dataKey, 'mail-recipients'));
  const backchannelSealer = createSealedBox(deriveKey(dataKey, 'backchannel-requests'));
  const upstreamSealer = createSealedBox(deriveKey(dataKey, 'upstream-requests'));
  return (connection) => ({
    accounts: createAccountStore(connection),
    totp: createTotpStore(connection, totpSealer),
    recoveryCodes: createRecoveryCodeStore(connection),
    rememberedDevices: createRememberedDeviceStore(connection),
    bulkAccounts: createBulkAccountStore(connection),
    accountLinks: createAccountLinkStore(connection),
    setupLinks: createSetupLinkStore(connection),
    clients: createClientStore(connection),
    clientLogos: createClientLogoStore(connection),
    clientRegistrations: createClientRegistrationStore(connection),
    initialAccessTokens: createInitialAccessTokenStore(connection),
    consents: createConsentStore(connection),
    signingKeys: createSigningKeyStore(connection, signingKeySealer),
    artifactRevocation: createArtifactRevocation(connection),
    registrations: createRegistrationStore(connection, registrationSealer),
    invitations: createInvitationStore(connection, invitationSealer),
    passkeys: createPasskeyStore(connection),
    passkeyChallenges: redis
      ? createRedisPasskeyChallengeStore(redis)
      : createPasskeyChallengeStore(connection),
    mailOutbox: createMailOutbox(connection, { sealer: mailSealer, recipientHash, clock }),
    mailQueue: createMailQueue(connection, mailSealer),
    roles: createRoleStore(connection),
    groups: createGroupStore(connection),
    sessions: createSessionStore(connection, { codec, clock }),
    logoutQueue: createLogoutQueue(connection, codec),
    backchannelRequests: createBackchannelRequestStore(connection, backchannelSealer),
    pingQueue: createPingQueue(connection, backchannelSealer),
    upstreamLinks: createUpstreamLinkStore(connection),
    upstreamRequests: createUpstreamRequestStore(connection, upstreamSealer),
    upstreamSids: createUpstreamSidStore(connection),
    grants: createGrantStore(connection, { codec, clock }),
  });
}

/** The stores, telling callers when the database cannot be reached. */
export function tellingAllUnavailable(stores: OpenStores): OpenStores {
  return new Proxy(stores, {
    get(target, name) {
      const store: unknown = Reflect.get(target, name);
      return typeof store === 'object' && store !== null ? tellingUnavailable(store) : store;
    },
  });
}
