import type { ForeignHashReader } from '../domain/accounts/foreign-hash.js';
import type { LoginThrottle } from '../domain/accounts/login-throttle.js';
import type { PairwiseSubject } from '../domain/accounts/find-subject.js';
import type { PasswordPolicy } from '../domain/accounts/password-policy.js';
import type { ClientDirectory } from '../domain/clients/client-directory.js';
import type { ClientSecretHasher } from '../domain/clients/client-secret-hasher.js';
import type { ClientFeatures } from '../domain/clients/client-features.js';
import type { Client } from '../domain/clients/client.js';
import type { Clock } from '../domain/clock.js';
import type { ProfileFeatures, SecurityProfile } from '../domain/profiles/security-profile.js';
import type { IdentityProvider } from '../domain/upstream/identity-provider.js';
import type { Resource, Scope } from '../domain/resources/resource.js';
import type { SigningKeyGenerator } from '../domain/signing-keys/ensure-signing-keys.js';
import type { SigningKeyReader } from '../domain/signing-keys/import-signing-key.js';
import type { SigningKeyPlan } from '../domain/signing-keys/signing-key.js';
import type { AuditReader } from '../domain/audit/audit-log.js';
import type { KeyedHash } from '../domain/sealing.js';
import type { Stores, UnitOfWork, UnitsOfWork } from '../domain/unit-of-work.js';
import type { Config } from '../config/config.js';
import type { createArgon2PasswordHasher } from '../security/argon2-password-hasher.js';
import type { ArtifactCodec } from '../storage/postgres/artifact-codec.js';
import type { ChainedAuditAppender } from '../storage/postgres/audit-trail.js';
import type { Redis } from '../storage/redis/redis.js';
import type { OpenedDatabase } from './open-database.js';

/** Everything below HTTP: what the use cases need, for the server and for the command line alike. */
export interface Application {
  readonly config: Config;
  readonly database: OpenedDatabase;
  /** Where what is short-lived is kept; absent: in the database, like everything else. */
  readonly redis: Redis | undefined;
  /** 32 bytes, from which every lasting key is derived. */
  readonly dataKey: Buffer;
  /** Seals and opens what the protocol keeps. */
  readonly artifactCodec: ArtifactCodec;
  /** The stores outside any unit of work, for reading. */
  readonly stores: Omit<Stores, 'audit'>;
  readonly unitsOfWork: UnitsOfWork;
  /** For the changes that this process makes of itself, or at the wish of its operator: see `origin` of `openApplication`. */
  readonly unitOfWork: UnitOfWork;
  readonly auditReader: AuditReader;
  readonly auditLog: ChainedAuditAppender;
  /** Names what somebody typed to sign in, in the audit log. */
  readonly loginHash: KeyedHash;
  readonly clock: Clock;
  readonly passwordHasher: ReturnType<typeof createArgon2PasswordHasher>;
  readonly foreignHashes: ForeignHashReader;
  readonly passwordPolicy: PasswordPolicy;
  readonly loginThrottle: LoginThrottle;
  readonly clientSecretHasher: ClientSecretHasher;
  readonly declaredClients: readonly Client[];
  readonly clientDirectory: ClientDirectory;
  readonly signingKeyGenerator: SigningKeyGenerator;
  readonly signingKeyReader: SigningKeyReader;
  readonly signingKeyPlan: SigningKeyPlan;
  readonly randomToken: () => string;
  /** Names addresses of those who sign up in the store without telling them. */
  readonly registrationHash: KeyedHash;
  readonly signUp: Config['signUp'];
  /** Whether mails go anywhere. */
  readonly mail: { readonly available: boolean };
  readonly issuer: string;
  readonly pairwiseSubject: PairwiseSubject;
  /** Other providers by which people sign in. */
  readonly identityProviders: readonly IdentityProvider[];
  /** Declared scopes. */
  readonly scopes: readonly Scope[];
  /** Declared resource servers, and this provider's own API. */
  readonly resources: readonly Resource[];
  readonly knownScopes: readonly string[];
  readonly knownResources: readonly string[];
  /** What clients may ask for beyond the plain code flow. */
  readonly clientFeatures: ClientFeatures;
  /** What every client is held to; absent: each to its own profile. */
  readonly profile: SecurityProfile | undefined;
  readonly profileFeatures: ProfileFeatures;
  close(): Promise<void>;
}
