import type { AccountStore } from '../domain/accounts/account-store.js';
import type { ClientLogoStore } from '../domain/branding/client-logo-store.js';
import type { ConsentStore } from '../domain/consents/consent-store.js';
import { createFollowedCache } from '../domain/followed-cache.js';
import type { SecondFactors } from '../domain/sign-in/next-sign-in-step.js';
import type { AddingUnitsOfWork } from '../domain/unit-of-work.js';
import { createAccountLookup } from '../storage/postgres/account-lookup.js';
import { createAddingUnitsOfWork } from '../storage/postgres/adding-units.js';
import type { LaneWatcher } from '../storage/postgres/batch-lane.js';
import type { ChangeFeed } from '../storage/postgres/change-feed.js';
import { createConsentLookup } from '../storage/postgres/consent-lookup.js';
import { createSecondFactorLookup } from '../storage/postgres/second-factor-lookup.js';
import type { Application } from './application.js';

/** What every sign-in and every request for tokens asks for: from memory, or together with what others ask for. */
export interface Lookups {
  readonly accounts: Pick<AccountStore, 'findById' | 'findByLogin'>;
  readonly consents: Pick<ConsentStore, 'find'>;
  readonly clientLogos: Pick<ClientLogoStore, 'find' | 'read'>;
  readonly secondFactors: (accountId: string) => Promise<SecondFactors>;
  /** What a sign-in takes down, which is only added. */
  readonly addingUnitsOfWork: AddingUnitsOfWork;
}

export function openLookups(
  { database: { knex }, stores, auditLog }: Application,
  changes: ChangeFeed,
  watchLane: LaneWatcher,
): Lookups {
  const { clientLogos } = stores;
  return {
    accounts: createAccountLookup(knex, watchLane),
    consents: createConsentLookup(knex, watchLane),
    clientLogos: {
      find: createFollowedCache((clientId: string) => clientLogos.find(clientId), changes, {
        kind: 'client-logo',
      }),
      read: (hash) => clientLogos.read(hash),
    },
    secondFactors: createSecondFactorLookup(knex, watchLane),
    addingUnitsOfWork: createAddingUnitsOfWork(knex, auditLog, watchLane),
  };
}
