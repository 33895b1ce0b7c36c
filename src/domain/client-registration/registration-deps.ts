import type { LoginThrottle } from '../accounts/login-throttle.js';
import type { ClientRules } from '../clients/client-rules.js';
import type { CreateClientSecretDeps } from '../clients/client-secret.js';
import type { Client } from '../clients/client.js';
import type { FieldFault } from '../errors.js';
import type { Stores } from '../unit-of-work.js';
import type { ClientRegistrationStore } from './client-registration-store.js';
import type { InitialAccessTokenStore } from './initial-access-token.js';
import type { RegistrationPolicy } from './registration-policy.js';

/** Who may register an application: nobody, whoever has an initial access token, or anybody. */
export const REGISTRATION_MODES = ['off', 'initial_access_token', 'open'] as const;
export type RegistrationMode = (typeof REGISTRATION_MODES)[number];

/** What an operator decides about applications that register themselves. */
export interface RegistrationSettings {
  readonly mode: RegistrationMode;
  readonly policy: RegistrationPolicy;
  /** Days after which a client goes that was never used. */
  readonly unusedDays: number;
  /** Clients that were never used; with so many of them, nobody registers without a token. */
  readonly maxUnused: number;
}

/** What the use cases of registrations need. */
export interface RegistrationDeps extends CreateClientSecretDeps, ClientRules {
  readonly settings: RegistrationSettings;
  /** Counts registrations without a token, by network. */
  readonly registrationThrottle: Pick<LoginThrottle, 'count'>;
  readonly initialAccessTokens: Pick<InitialAccessTokenStore, 'findLive'>;
  readonly clientRegistrations: Pick<ClientRegistrationStore, 'find' | 'countUnused'>;
  /** Ids of the clients in the configuration file; they are taken. */
  readonly declaredClientIds: ReadonlySet<string>;
  /** What the protocol itself would refuse about the client, at a request of somebody who waits for it. */
  readonly protocolFaults: (client: Client) => Promise<readonly FieldFault[]>;
}

/** The stores that a registration changes. */
export type RegistrationStores =
  'clients' | 'clientRegistrations' | 'initialAccessTokens' | 'consents' | 'artifactRevocation' | 'audit';

/** A unit of work within one that is under way, so that use cases can be part of another one. */
export function within<Names extends keyof Stores>(stores: Pick<Stores, Names>) {
  return {
    run: <Result>(work: (within: Pick<Stores, Names>) => Promise<Result>): Promise<Result> => work(stores),
  };
}
