import type { JsonObject } from '../json.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { accountInformation } from './account-information.js';
import type { BulkAccountStore } from './bulk-account-store.js';

export interface ExportAccountsDeps {
  readonly unitOfWork: UnitOfWork<'audit'>;
  readonly bulkAccounts: Pick<BulkAccountStore, 'listRecords'>;
}

export interface ExportAccountsOptions {
  /** Hashes of passwords let whoever has them guess at passwords as fast as they like. */
  readonly withPasswordHashes?: boolean;
}

/** Accounts per query. */
const PAGE = 200;

/**
 * Gives every account, in the order of creation, in the form that the import takes; a page at a time, so that neither
 * the number of accounts nor a slow reader costs memory. Who exports is recorded before anything leaves.
 */
export async function* exportAccounts(
  deps: ExportAccountsDeps,
  { withPasswordHashes = false }: ExportAccountsOptions = {},
): AsyncGenerator<JsonObject> {
  await deps.unitOfWork.run(({ audit }) => {
    audit.record({ type: 'user.exported', details: { with_password_hashes: withPasswordHashes } });
    return Promise.resolve();
  });
  let after: string | undefined;
  do {
    const page = await deps.bulkAccounts.listRecords({ limit: PAGE, ...(after !== undefined && { after }) });
    for (const { account, passwordHash } of page) {
      // Not for another provider: who set the password here, and whose deletion was asked for here.
      const {
        deletion_due_at: _due,
        password_temporary: _temporary,
        ...information
      } = accountInformation(account);
      yield {
        ...information,
        ...(withPasswordHashes && passwordHash !== undefined && { password_hash: passwordHash }),
      };
    }
    after = page.length === PAGE ? page.at(-1)?.account.id : undefined;
  } while (after !== undefined);
}
