import type { AuditReader } from '../domain/audit/audit-log.js';
import type { Clock } from '../domain/clock.js';
import type { ClientFeatures } from '../domain/clients/client-features.js';
import type { Client } from '../domain/clients/client.js';
import type { ClientSecretHasher } from '../domain/clients/client-secret-hasher.js';
import type { ForeignHashReader } from '../domain/accounts/foreign-hash.js';
import type { PasswordHasher } from '../domain/accounts/password-hasher.js';
import type { PasswordPolicy } from '../domain/accounts/password-policy.js';
import type { ProfileFeatures, SecurityProfile } from '../domain/profiles/security-profile.js';
import type { SignUpMode } from '../domain/registrations/sign-up-mode.js';
import type { KeyedHash } from '../domain/sealing.js';
import type { SigningKeyGenerator } from '../domain/signing-keys/ensure-signing-keys.js';
import type { SigningKeyReader } from '../domain/signing-keys/import-signing-key.js';
import type { SigningKeyPlan } from '../domain/signing-keys/signing-key.js';
import type { IdentityProvider } from '../domain/upstream/identity-provider.js';
import type { Stores, UnitOfWork } from '../domain/unit-of-work.js';
import { DomainError, type FieldFault } from '../domain/errors.js';
import { writeLine, writeLines } from './output.js';
import type { CliInput, CliOutput } from './terminal.js';

/** What the commands need of an opened application. */
export interface CliDependencies {
  readonly unitOfWork: UnitOfWork;
  /** The stores outside any unit of work, for reading. */
  readonly stores: Omit<Stores, 'audit'>;
  readonly auditReader: AuditReader;
  readonly clock: Clock;
  readonly passwordHasher: PasswordHasher;
  readonly foreignHashes: ForeignHashReader;
  readonly passwordPolicy: PasswordPolicy;
  /** 256 random bits as base64url. */
  readonly randomToken: () => string;
  /** Names addresses in the store without telling them. */
  readonly registrationHash: KeyedHash;
  readonly signUp: { readonly mode: SignUpMode; readonly emailDomains: readonly string[] };
  readonly clientSecretHasher: ClientSecretHasher;
  readonly signingKeyGenerator: SigningKeyGenerator;
  readonly signingKeyReader: SigningKeyReader;
  readonly signingKeyPlan: SigningKeyPlan;
  /** Whether mails go anywhere. */
  readonly mail: { readonly available: boolean };
  /** The issuer identifier, as it is published. */
  readonly issuer: string;
  /** Other providers by which people sign in. */
  readonly identityProviders: readonly IdentityProvider[];
  /** Names of every scope that a client may be given. */
  readonly knownScopes: readonly string[];
  /** Identifiers of every resource server that a client may be given. */
  readonly knownResources: readonly string[];
  /** What clients may ask for beyond the plain code flow; absent: nothing. */
  readonly clientFeatures?: ClientFeatures;
  /** The profile that every client is held to; absent: each to its own. */
  readonly profile?: SecurityProfile | undefined;
  /** What of the protocol is on that profiles need. */
  readonly profileFeatures?: ProfileFeatures;
  /** The clients of the configuration file, ordered by id. */
  readonly declaredClients: readonly Client[];
}

/** An application that a command has opened and must close. */
export type OpenedApplication = CliDependencies & { close(): Promise<void> };

/** What the outside gives the frame. */
export interface CliEnvironment {
  readonly stdin: CliInput;
  readonly stdout: CliOutput;
  readonly stderr: CliOutput;
  /** Opens configuration and database. */
  readonly open: () => Promise<OpenedApplication>;
  /** Lines that explain a failure of configuration or database; undefined for any other, which explains itself. */
  readonly describeFailure: (error: unknown) => readonly string[] | undefined;
}

/** How a command runs: what it was given, and what becomes of its result. */
export interface CliContext {
  readonly stdin: CliInput;
  readonly stdout: CliOutput;
  readonly stderr: CliOutput;
  /** 0, or 1 once a command has failed. */
  readonly exitCode: number;
  /** Says that the command has failed, whatever it prints. */
  fail(): void;
  /**
   * Opens the application, runs the work, prints its result, and closes the application whatever happens.
   * A refusal becomes one line per fault on stderr, or one JSON object there with `json`, and exit code 1.
   * @param options.json prints the result as JSON instead of text
   * @param present the result as text for a person; a command that has written its result itself gives undefined
   * @param toJson the result as JSON with snake_case names; without it the result itself
   */
  run<T>(
    options: { readonly json?: boolean },
    work: (deps: CliDependencies) => Promise<T>,
    present: (result: T) => string,
    toJson?: (result: T) => unknown,
  ): Promise<void>;
  /** Like `run`, for work that does not need the opened application. */
  runAlone<T>(
    options: { readonly json?: boolean },
    work: () => Promise<T>,
    present: (result: T) => string,
    toJson?: (result: T) => unknown,
  ): Promise<void>;
}

/** Makes the context in which all commands of one invocation run. */
export function createCliContext(environment: CliEnvironment): CliContext {
  const { stdin, stdout, stderr } = environment;
  let exitCode = 0;

  const fail = (error: unknown, json: boolean): void => {
    exitCode = 1;
    if (json) writeLine(stderr, JSON.stringify({ error: failureAsJson(error, environment) }));
    else writeLines(stderr, failureAsLines(error, environment));
  };

  const runAlone: CliContext['runAlone'] = async ({ json = false }, work, present, toJson) => {
    try {
      const result = await work();
      const text =
        json && result !== undefined
          ? JSON.stringify(toJson ? toJson(result) : result, null, 2)
          : present(result);
      if (text !== '') writeLine(stdout, text);
    } catch (error) {
      fail(error, json);
    }
  };

  return {
    stdin,
    stdout,
    stderr,
    get exitCode() {
      return exitCode;
    },
    fail() {
      exitCode = 1;
    },
    runAlone,
    run: (options, work, present, toJson) =>
      runAlone(options, () => withApplication(environment.open, work), present, toJson),
  };
}

async function withApplication<T>(
  open: CliEnvironment['open'],
  work: (deps: CliDependencies) => Promise<T>,
): Promise<T> {
  const application = await open();
  try {
    return await work(application);
  } finally {
    await application.close();
  }
}

function failureAsLines(error: unknown, { describeFailure }: CliEnvironment): readonly string[] {
  const described = describeFailure(error);
  if (described === undefined && error instanceof DomainError && error.faults.length > 0) {
    return error.faults.map(faultAsLine);
  }
  return (described ?? [messageOf(error)]).map((line) => `Error: ${line}`);
}

/** Many details begin with the field's name, for callers of the API. */
function faultAsLine({ field, detail }: FieldFault): string {
  return detail.startsWith(`${field} `) ? `Error: ${detail}` : `Error in ${field}: ${detail}`;
}

function failureAsJson(error: unknown, { describeFailure }: CliEnvironment) {
  return {
    code: error instanceof DomainError ? error.code : 'failed',
    message: describeFailure(error)?.join('\n') ?? messageOf(error),
    faults: error instanceof DomainError ? error.faults : [],
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
