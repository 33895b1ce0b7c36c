import type { AuditReader } from '../../domain/audit/audit-log.js';
import type { ForeignHashReader } from '../../domain/accounts/foreign-hash.js';
import type { PasswordHasher } from '../../domain/accounts/password-hasher.js';
import type { PasswordPolicy } from '../../domain/accounts/password-policy.js';
import type { UpdateClientDeps } from '../../domain/clients/update-client.js';
import type { ClientDirectory } from '../../domain/clients/client-directory.js';
import type { ClientSecretHasher } from '../../domain/clients/client-secret-hasher.js';
import type { PairwiseSubject } from '../../domain/accounts/find-subject.js';
import type { Clock } from '../../domain/clock.js';
import type { SignUpMode } from '../../domain/registrations/sign-up-mode.js';
import type { IdentityProvider } from '../../domain/upstream/identity-provider.js';
import type { Resource, Scope } from '../../domain/resources/resource.js';
import type { KeyedHash } from '../../domain/sealing.js';
import type { SigningKeyGenerator } from '../../domain/signing-keys/ensure-signing-keys.js';
import type { SigningKeyPlan } from '../../domain/signing-keys/signing-key.js';
import type { Stores, UnitsOfWork } from '../../domain/unit-of-work.js';

/** What the resources of the API are made with. */
export interface ApiDeps {
  readonly unitsOfWork: UnitsOfWork;
  /** The stores outside any unit of work, for reading. */
  readonly stores: Omit<Stores, 'audit'>;
  readonly auditReader: AuditReader;
  readonly clientDirectory: ClientDirectory;
  readonly clientRules: Omit<UpdateClientDeps, 'unitOfWork' | 'clock'>;
  readonly clock: Clock;
  readonly passwordHasher: PasswordHasher;
  readonly foreignHashes: ForeignHashReader;
  readonly passwordPolicy: PasswordPolicy;
  readonly clientSecretHasher: ClientSecretHasher;
  readonly signingKeyGenerator: SigningKeyGenerator;
  readonly signingKeyPlan: SigningKeyPlan;
  readonly randomToken: () => string;
  /** Names addresses in the store without telling them. */
  readonly registrationHash: KeyedHash;
  readonly signUp: { readonly mode: SignUpMode; readonly emailDomains: readonly string[] };
  readonly issuer: string;
  readonly pairwiseSubject: PairwiseSubject;
  /** Whether mails go anywhere. */
  readonly mail: { readonly available: boolean };
  /** Other providers by which people sign in. */
  readonly identityProviders: readonly IdentityProvider[];
  /** Declared scopes. */
  readonly scopes: readonly Scope[];
  /** Declared resource servers, and this API itself. */
  readonly resources: readonly Resource[];
}
