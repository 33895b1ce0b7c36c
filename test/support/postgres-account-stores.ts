import type { Knex } from 'knex';
import type { AttributedEntry } from '../../src/domain/audit/audit-event.js';
import type { Stores, UnitOfWork } from '../../src/domain/unit-of-work.js';
import { createAccountStore } from '../../src/storage/postgres/account-store.js';
import { createBulkAccountStore } from '../../src/storage/postgres/bulk-account-store.js';
import { createGroupStore } from '../../src/storage/postgres/group-store.js';
import { createRoleStore } from '../../src/storage/postgres/role-store.js';
import { createPostgresUnitsOfWork } from '../../src/storage/postgres/postgres-unit-of-work.js';
import { createSetupLinkStore } from '../../src/storage/postgres/setup-link-store.js';
import { recordingAppender } from './recording-audit-trail.js';
import { createRecordingMailOutbox } from './recording-mail-outbox.js';

type AccountStores = Pick<
  Stores,
  | 'accounts'
  | 'bulkAccounts'
  | 'roles'
  | 'groups'
  | 'setupLinks'
  | 'artifactRevocation'
  | 'mailOutbox'
  | 'audit'
>;

/**
 * A unit of work on PostgreSQL with the stores that accounts need; nothing was issued that could be revoked.
 * @param audited gets what the audit log would tell
 */
export function accountUnitOfWork(knex: Knex, audited?: AttributedEntry[]): UnitOfWork<keyof AccountStores> {
  const bindStores = (transaction: Knex, audit: Stores['audit']): AccountStores => ({
    accounts: createAccountStore(transaction),
    bulkAccounts: createBulkAccountStore(transaction),
    roles: createRoleStore(transaction),
    groups: createGroupStore(transaction),
    setupLinks: createSetupLinkStore(transaction),
    artifactRevocation: {
      revokeAccount: () => Promise.resolve(0),
      revokeClient: () => Promise.resolve(0),
      revokeEverything: () => Promise.resolve(0),
    },
    mailOutbox: createRecordingMailOutbox(),
    audit,
  });
  return createPostgresUnitsOfWork(knex, bindStores, recordingAppender(audited)).from({
    actor: { kind: 'system' },
  });
}
