import type { PasskeysAccountDeps } from '../http/account/passkeys-account-deps.js';
import type { AccountArea } from '../http/account/home-account-deps.js';
import type { AccountRouterDeps } from '../http/account/router.js';
import { createReturnAddress } from '../http/account/return-address.js';
import { secondFactorSince } from '../domain/factors/second-factor-since.js';
import { createSignedInReader } from '../http/account/signed-in-reader.js';
import type { FactorDeps } from '../http/factors/factor-deps.js';
import type { Csrf } from '../http/middlewares/csrf.js';
import type { Pages } from '../http/pages.js';
import type { UpstreamDeps } from '../http/upstream/upstream-deps.js';
import type { Logger } from '../observability/logger.js';
import { createCurrentSessionReader } from '../provider/current-session.js';
import { ROUTES } from '../provider/routes.js';
import { createKeyedHash, deriveKey } from '../security/derive-key.js';
import { createClientUseStore } from '../storage/postgres/client-use-store.js';
import type { Application } from './application.js';
import type { Protocol } from './open-protocol.js';

/**
 * Puts together what the pages of the account need.
 * @param parts.areas pages that other parts of the program bring along, for the overview and the download
 */
export function openAccount(
  application: Application,
  parts: {
    readonly provider: Protocol['current'];
    readonly pages: Pages;
    readonly csrf: Csrf;
    readonly logger: Logger;
    readonly areas: readonly AccountArea[];
    readonly approvals: AccountRouterDeps['approvals'];
    readonly factors: FactorDeps;
    readonly ownPasskeys: PasskeysAccountDeps['ownPasskeys'];
    readonly upstream: UpstreamDeps;
  },
): AccountRouterDeps {
  const { artifactCodec, clock, config, dataKey, issuer, stores } = application;
  const { accounts, sessions, consents, grants } = stores;
  const secure = issuer.startsWith('https:');
  const returnAddress = createReturnAddress(createKeyedHash(deriveKey(dataKey, 'account-return-addresses')));
  const currentSession = createCurrentSessionReader(parts.provider, {
    secure,
    sessionAbsoluteSeconds: config.lifetimes.sessionAbsoluteSeconds,
    sessionReference: (uid) => artifactCodec.uidHash(uid).toString('base64url'),
    clock,
  });
  const clientUses = createClientUseStore(application.database.knex);
  return {
    ...parts,
    returnAddress,
    signedIn: createSignedInReader({
      issuer,
      currentSession,
      accounts,
      secondFactorSince: (accountId) => secondFactorSince(stores, accountId),
      returnAddress,
      clock,
    }),
    unitsOfWork: application.unitsOfWork,
    issuer,
    clock,
    accounts,
    sessions,
    connectedApps: { consents, grants, clientUses, clientDirectory: application.clientDirectory },
    emailLinks: application,
    passwords: { ...application, accounts },
    deletion: { clock, issuer, deletionGraceDays: config.accounts.deletionGraceDays },
    auditReader: application.auditReader,
    scopes: application.scopes,
    resources: application.resources,
    signOutPath: ROUTES.end_session,
    secure,
  };
}
