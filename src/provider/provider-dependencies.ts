import type { AccountStore } from '../domain/accounts/account-store.js';
import type { PairwiseSubject } from '../domain/accounts/find-subject.js';
import type { ArtifactKey } from '../domain/artifacts/artifact.js';
import type { ClientCertificateSettings } from '../domain/clients/client-certificate.js';
import type { RegistrationMode } from '../domain/client-registration/registration-deps.js';
import type { ClientDirectory } from '../domain/clients/client-directory.js';
import type { FurtherResponseType } from '../domain/clients/response-types.js';
import type { ClientSecretHasher } from '../domain/clients/client-secret-hasher.js';
import type { Clock } from '../domain/clock.js';
import type { ConsentStore } from '../domain/consents/consent-store.js';
import type { LogoutQueue } from '../domain/logouts/logout-queue.js';
import type { SecurityProfile } from '../domain/profiles/security-profile.js';
import type { SignUpMode } from '../domain/registrations/sign-up-mode.js';
import type { AuthorizationDetailType } from '../domain/resources/authorization-detail-type.js';
import type { Resource, Scope } from '../domain/resources/resource.js';
import type { TokenExchangePolicy } from '../domain/resources/token-exchange-policy.js';
import type { SigningKey } from '../domain/signing-keys/signing-key.js';
import type { Logger } from '../observability/logger.js';
import type { AuthenticationCheckDependencies } from './authentication-check.js';
import type { ArtifactUnits } from './artifact-units.js';
import type { NoteClientUse } from './client-uses.js';
import type { AttestationParts } from './features/client-attestation.js';
import type { CibaParts } from './features/ciba.js';
import type { SignedMessages } from './features/signed-messages.js';
import type { AssertionParts } from './jwt-bearer.js';
import type { ForDevelopers } from './refusals/explain-for-developers.js';
import type { TraceOutbound } from './outbound-fetch.js';
import type { ProtocolPages } from './protocol-pages.js';
import type { ProtocolLifetimes } from './ttl.js';

/** What an operator can set of the protocol. */
export interface ProtocolSettings {
  readonly issuer: string;
  readonly scopes: readonly Scope[];
  readonly resources: readonly Resource[];
  readonly lifetimes: ProtocolLifetimes;
  readonly features: {
    readonly deviceFlow: boolean;
    readonly introspection: boolean;
    readonly revocation: boolean;
    readonly clientCredentials: boolean;
    readonly dpop: boolean;
    readonly pushedAuthorizationRequests: boolean;
    readonly tokenExchange: boolean;
    readonly mtls: boolean;
    readonly jwtBearer: boolean;
    readonly ciba: boolean;
    readonly clientAttestation: boolean;
    /** Besides `code`. */
    readonly responseTypes: readonly FurtherResponseType[];
  } & SignedMessages;
  readonly tokenExchange: readonly TokenExchangePolicy[];
  /** How certificates of clients come here. */
  readonly mtls: ClientCertificateSettings;
  /** What every client is held to; absent: each to its own profile. */
  readonly profile?: SecurityProfile | undefined;
  /** `conformance`: what conformance tests need is open. */
  readonly preset?: 'conformance' | undefined;
  /** Who may create an account; absent: nobody. */
  readonly signUp?: { readonly mode: SignUpMode };
  /** Who may register an application; absent: nobody. */
  readonly clientRegistration?: { readonly mode: RegistrationMode };
  /** Hosts at which clients may say who they are; absent or none: none is asked. */
  readonly clientDocuments?: { readonly hosts: readonly string[] };
  /** What apps may ask for in detail; absent: nothing. */
  readonly authorizationDetailTypes?: readonly AuthorizationDetailType[];
  /** Languages of the hosted pages. */
  readonly uiLocales: readonly string[];
  /** Whether clients on this very machine may be called, as they are while apps are developed. */
  readonly allowLoopback: boolean;
  /** Seconds by which clocks may differ. */
  readonly clockToleranceSeconds: number;
}

/** What the protocol is built from. */
export interface ProviderDependencies extends AuthenticationCheckDependencies {
  /** Nobody signs in to an app whose email address is not verified. */
  readonly requireVerifiedEmail: boolean;
  readonly settings: ProtocolSettings;
  readonly units: ArtifactUnits;
  readonly clients: Pick<ClientDirectory, 'find'>;
  readonly clientSecretHasher: ClientSecretHasher;
  readonly accounts: Pick<AccountStore, 'findById'>;
  readonly consents: Pick<ConsentStore, 'find'>;
  /** Absent: logouts are told to applications once, while the person waits. */
  readonly logoutQueue?: Pick<LogoutQueue, 'add'>;
  /** Newest first. */
  readonly signingKeys: readonly SigningKey[];
  /** The first one signs. */
  readonly cookieKeys: readonly string[];
  /** 32 bytes that all instances share. */
  readonly dpopNonceSecret: Buffer;
  readonly pairwiseSubject: PairwiseSubject;
  /** For the JWT bearer grant; absent: it is not offered. */
  readonly assertions?: AssertionParts | undefined;
  /** For attestations of client instances; absent: they are not taken. */
  readonly attestations?: AttestationParts | undefined;
  /** For CIBA; absent: it is not offered. */
  readonly ciba?: CibaParts | undefined;
  readonly pages: ProtocolPages;
  /** How a person knows their own account: an email address or a username. */
  readonly labelOfAccount: (accountId: string) => Promise<string | undefined>;
  /**
   * The name by which the audit log calls a session (by its uid) or a grant: the same for the same one, and its id cannot
   * be found from it.
   */
  readonly artifactReference: (key: ArtifactKey) => string;
  /** Takes down when apps use accounts. */
  readonly noteClientUse?: NoteClientUse | undefined;
  /** Takes down that a client which registered itself is used. */
  readonly noteRegisteredClientUse?: ((clientId: string) => void) | undefined;
  /** Absent in production: refusals are explained to nobody but the log. */
  readonly forDevelopers?: ForDevelopers | undefined;
  /** Absent: nobody collects traces. */
  readonly traceOutbound?: TraceOutbound | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Whether apps may ask that a person creates an account. */
export function isSignUpOpen({ signUp }: Pick<ProtocolSettings, 'signUp'>): boolean {
  return signUp?.mode === 'open';
}
