import type { Knex } from 'knex';
import type { Stores, UnitOfWork } from '../../src/domain/unit-of-work.js';
import { createAccountStore } from '../../src/storage/postgres/account-store.js';
import { createPostgresUnitOfWork } from '../../src/storage/postgres/postgres-unit-of-work.js';
import { createSetupLinkStore } from '../../src/storage/postgres/setup-link-store.js';

type AccountStores = Pick<Stores, 'accounts' | 'setupLinks' | 'artifactRevocation'>;

/** A unit of work on PostgreSQL with the stores that accounts need; nothing was issued that could be revoked. */
export function accountUnitOfWork(knex: Knex): UnitOfWork<keyof AccountStores> {
  return createPostgresUnitOfWork(knex, (transaction): AccountStores => ({
    accounts: createAccountStore(transaction),
    setupLinks: createSetupLinkStore(transaction),
    artifactRevocation: { revokeAccount: () => Promise.resolve(0), revokeClient: () => Promise.resolve(0) },
  }));
}
