import type { AuditReader } from '../../domain/audit/audit-log.js';
import type { ForeignHashReader } from '../../domain/accounts/foreign-hash.js';
import type { PasswordHasher } from '../../domain/accounts/password-hasher.js';
import type { PasswordPolicy } from '../../domain/accounts/password-policy.js';
import type { UpdateClientDeps } from '../../domain/clients/update-client.js';
import type { ClientDirectory } from '../../domain/clients/client-directory.js';
import type { ClientSecretHasher } from '../../domain/clients/client-secret-hasher.js';
import type { Clock } from '../../domain/clock.js';
import type { Resource, Scope } from '../../domain/resources/resource.js';
import type { SigningKeyGenerator } from '../../domain/signing-keys/ensure-signing-keys.js';
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
  readonly randomToken: () => string;
  readonly issuer: string;
  /** Declared scopes. */
  readonly scopes: readonly Scope[];
  /** Declared resource servers, and this API itself. */
  readonly resources: readonly Resource[];
}
