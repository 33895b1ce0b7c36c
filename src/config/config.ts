import type { Branding } from './branding.js';
import type { TrustedIssuer } from '../domain/assertions/trusted-issuer.js';
import type { ClientAttester } from '../domain/clients/client-attester.js';
import type { ClientCertificateSettings } from '../domain/clients/client-certificate.js';
import type { ClientDocumentSettings } from '../domain/client-registration/client-documents.js';
import type { RegistrationSettings } from '../domain/client-registration/registration-deps.js';
import type { DeclaredClient } from '../domain/clients/declared-clients.js';
import type { FurtherResponseType } from '../domain/clients/response-types.js';
import type { DeclaredGroup } from '../domain/groups/ensure-declared-groups.js';
import type { SecurityProfile } from '../domain/profiles/security-profile.js';
import type { DeclaredRole } from '../domain/roles/ensure-declared-roles.js';
import type { SecondFactorSettings } from '../domain/sign-in/sign-in-requirement.js';
import type { SignUpMode } from '../domain/registrations/sign-up-mode.js';
import type { IdentityProvider } from '../domain/upstream/identity-provider.js';
import type { AuthorizationDetailType } from '../domain/resources/authorization-detail-type.js';
import type { Resource, Scope } from '../domain/resources/resource.js';
import type { TokenExchangePolicy } from '../domain/resources/token-exchange-policy.js';
import type { TlsSettings } from './tls-settings.js';

export const MODES = ['development', 'production', 'test'] as const;
/** Where the server runs; only `production` refuses to start without what production needs. */
export type Mode = (typeof MODES)[number];

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
/** The least severe record that is logged; `silent` logs nothing. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Master secrets, the current one first; the others still open what was sealed with them. */
export type SecretKeys = readonly [string, ...string[]];

/** How long things live, all in seconds. */
export interface Lifetimes {
  /** A session ends after this time without use. */
  readonly sessionSeconds: number;
  /** A session ends this long after the sign-in, however much it is used; never less than `sessionSeconds`. */
  readonly sessionAbsoluteSeconds: number;
  /** Opaque access tokens; a resource server sets its own, see `Resource.accessTokenLifetime`. */
  readonly accessTokenSeconds: number;
  readonly idTokenSeconds: number;
  /** A refresh token ends after this time without use. */
  readonly refreshTokenSeconds: number;
  /** The cap of a chain of refresh tokens; never less than `refreshTokenSeconds`. */
  readonly grantSeconds: number;
  /** @see RFC 6749 §4.1.2 */
  readonly authorizationCodeSeconds: number;
  /** @see RFC 8628 §3.2 */
  readonly deviceCodeSeconds: number;
  /** How long a person may take to sign in and to consent. */
  readonly interactionSeconds: number;
}

/** Parts of the protocol that can be turned off. */
export interface Features {
  /** @see RFC 8628 */
  readonly deviceFlow: boolean;
  /** @see RFC 7662 */
  readonly introspection: boolean;
  /** @see RFC 7009 */
  readonly revocation: boolean;
  /** @see RFC 6749 §4.4 */
  readonly clientCredentials: boolean;
  /** @see RFC 9126 */
  readonly pushedAuthorizationRequests: boolean;
  /** @see RFC 9449 */
  readonly dpop: boolean;
  /** @see RFC 9101 */
  readonly requestObjects: boolean;
  /** @see JWT Secured Authorization Response Mode (JARM) 1.0 */
  readonly jarm: boolean;
  /** @see OpenID Connect Core 1.0 §5.3.2 */
  readonly jwtUserinfo: boolean;
  /** @see RFC 9701 */
  readonly jwtIntrospection: boolean;
  /** Answers encrypted to the keys of clients. @see OpenID Connect Core 1.0 §10.2 */
  readonly encryption: boolean;
  /** @see RFC 8693 */
  readonly tokenExchange: boolean;
  /** @see RFC 8705 */
  readonly mtls: boolean;
  /** @see RFC 7523 §2.1 */
  readonly jwtBearer: boolean;
  /** @see OpenID Connect CIBA Core 1.0 */
  readonly ciba: boolean;
  /** @see draft-ietf-oauth-attestation-based-client-auth */
  readonly clientAttestation: boolean;
  /** Response types that clients may be registered for besides `code`. @see RFC 9700 §2.1.2 */
  readonly responseTypes: readonly FurtherResponseType[];
}

/** The life of signing keys. */
export interface KeySettings {
  /** Days after which a key is replaced; 0: by command only. */
  readonly rotationDays: number;
  /** Seconds that applications may keep the key set without asking again. */
  readonly cacheSeconds: number;
  /** Seconds that a new key is published before it signs; never less than `cacheSeconds`. */
  readonly publishSeconds: number;
}

/** Everything that can be set, checked and complete. */
export interface Config {
  readonly mode: Mode;
  /**
   * Exactly as it is published in discovery and in `iss`.
   * @see OpenID Connect Discovery 1.0 §3
   */
  readonly issuer: string;
  /** Address to listen on; `localhost` stands for both loopback addresses, 127.0.0.1 and ::1. */
  readonly host: string;
  /** 0: any free port, see `withListeningPort`. */
  readonly port: number;
  /** Absent: somebody before this server ends TLS, or nobody. */
  readonly tls: TlsSettings | undefined;
  /** Absent: the embedded PostgreSQL below `dataDir`. */
  readonly databaseUrl: string | undefined;
  /** Absolute path. */
  readonly dataDir: string;
  readonly redisUrl: string | undefined;
  /** PEM: the authorities that the certificate of Redis may come from; absent: those that Node trusts. */
  readonly redisAuthorities: string | undefined;
  readonly smtpUrl: string | undefined;
  readonly mailFrom: string | undefined;
  readonly mail: {
    /** Whether mails go anywhere: to a mail server, or outside production to the page that shows them. */
    readonly available: boolean;
  };
  readonly secretKeys: SecretKeys;
  /** IP addresses, CIDR blocks, or the word `loopback`. */
  readonly trustedProxies: readonly string[];
  readonly logLevel: LogLevel;
  /** Seconds for which a server that was told to stop still serves, so that load balancers learn of it first. */
  readonly drainSeconds: number;
  /** Who collects traces; undefined: nobody. */
  readonly tracing:
    | {
        /** Where OTLP over HTTP is taken, without `/v1/traces`. */
        readonly endpoint: string;
        readonly serviceName: string;
        /** Share of the requests that are traced, 0 to 1. */
        readonly ratio: number;
      }
    | undefined;
  /** Who reads the metrics, and where. */
  readonly metrics: {
    /** What whoever reads them has to present as bearer token; undefined: none. */
    readonly token: string | undefined;
    /** Address of `port`, as `host`. */
    readonly host: string;
    /** A port that answers them and nothing else; undefined: none. */
    readonly port: number | undefined;
  };
  /** The profile that the whole deployment is held to; absent: each client to its own. */
  readonly profile: SecurityProfile | undefined;
  /** Settings chosen together; `conformance` opens what conformance tests need, and is never for production. */
  readonly preset: 'conformance' | undefined;
  /** Their shape is checked; the rules for clients are the domain's, see `declaredClients`. */
  readonly clients: readonly DeclaredClient[];
  readonly scopes: readonly Scope[];
  readonly resources: readonly Resource[];
  /** Which clients may exchange tokens, and for what. */
  readonly tokenExchange: readonly TokenExchangePolicy[];
  /** Issuers whose assertions about people are taken, where `features.jwtBearer` is on. */
  readonly trustedIssuers: readonly TrustedIssuer[];
  /** How certificates of clients come here, where `features.mtls` is on. */
  readonly mtls: ClientCertificateSettings;
  /** Whose word is taken for instances of clients, where `features.clientAttestation` is on. */
  readonly clientAttesters: readonly ClientAttester[];
  /** Their shape is checked; the rules are the domain's, see `ensureDeclaredRoles`. */
  readonly roles: readonly DeclaredRole[];
  /** Their shape is checked; the rules are the domain's, see `ensureDeclaredGroups`. */
  readonly groups: readonly DeclaredGroup[];
  readonly branding: Branding;
  /** Absolute path of a folder whose templates, texts and files win over the product's own. */
  readonly viewsDir: string | undefined;
  readonly lifetimes: Lifetimes;
  readonly features: Features;
  readonly secondFactor: SecondFactorSettings;
  /** Nobody signs in to an app whose email address is not verified; the pages of the account stay open to them. */
  readonly requireVerifiedEmail: boolean;
  readonly keys: KeySettings;
  /** Other providers by which people may sign in, in the order of their buttons. */
  readonly identityProviders: readonly IdentityProvider[];
  readonly accounts: {
    /** Days for which an account waits for the deletion that its owner asked for; 0: it goes at once. */
    readonly deletionGraceDays: number;
  };
  readonly signUp: {
    readonly mode: SignUpMode;
    /** Domains that an address has to be of, exact or `*.example.org`; none: any. */
    readonly emailDomains: readonly string[];
  };
  /** Applications that register themselves. */
  readonly clientRegistration: RegistrationSettings & {
    /** Registrations without a token from one network within 5 minutes. */
    readonly perNetwork: number;
  };
  /** What apps may ask for in detail. */
  readonly authorizationDetailTypes: readonly AuthorizationDetailType[];
  /** Applications whose id is the address of a document about them. */
  readonly clientDocuments: ClientDocumentSettings;
  readonly passwordPolicy: {
    /** Characters (Unicode code points). */
    readonly minLength: number;
  };
}
