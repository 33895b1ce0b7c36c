import type { ApiDeps } from './api-deps.js';
import { catalogRoutes } from './catalog/catalog-routes.js';
import { clientRoutes } from './clients/client-routes.js';
import { logoRoutes } from './clients/logo-routes.js';
import { previewRoutes } from './clients/preview-routes.js';
import { registrationTokenRoutes } from './clients/registration-token-routes.js';
import { secretRoutes } from './clients/secret-routes.js';
import { documentRoute } from './docs/document-route.js';
import { eventRoutes } from './events/event-routes.js';
import type { ApiRoute } from './framework/route.js';
import { grantRoutes } from './grants/grant-routes.js';
import { groupContentRoutes } from './groups/group-content-routes.js';
import { groupRoutes } from './groups/group-routes.js';
import { invitationRoutes } from './invitations/invitation-routes.js';
import { keyRoutes } from './keys/key-routes.js';
import { logoutRoutes } from './logouts/logout-routes.js';
import { mailRoutes } from './mails/mail-routes.js';
import { roleRoutes } from './roles/role-routes.js';
import { userRoleRoutes } from './roles/user-role-routes.js';
import { globalRevocationRoutes } from './sessions/global-revocation-route.js';
import { sessionRoutes } from './sessions/session-routes.js';
import { credentialRoutes } from './users/credential-routes.js';
import { userDeletionRoutes } from './users/deletion-routes.js';
import { ownAccountRoutes } from './users/own-account-routes.js';
import { linkedAccountRoutes } from './users/linked-account-routes.js';
import { userLinkRoutes } from './users/link-routes.js';
import { transferRoutes } from './users/transfer-routes.js';
import { userRoutes } from './users/user-routes.js';

/**
 * Everything that the API answers, in the order in which it is asked: `/users/me` and `/users/export` before `/users/{id}`.
 * @param version the API's, for its document
 */
export function apiRoutes(deps: ApiDeps, version: string): readonly ApiRoute[] {
  const routes: readonly ApiRoute[] = [
    ...ownAccountRoutes(deps),
    ...transferRoutes(deps),
    ...userRoutes(deps),
    ...credentialRoutes(deps),
    ...userDeletionRoutes(deps),
    ...userLinkRoutes(deps),
    ...linkedAccountRoutes(deps),
    ...invitationRoutes(deps),
    ...userRoleRoutes(deps),
    ...sessionRoutes(deps),
    ...globalRevocationRoutes(deps),
    ...logoutRoutes(deps),
    ...grantRoutes(deps),
    ...clientRoutes(deps),
    ...registrationTokenRoutes(deps),
    ...logoRoutes(deps),
    ...secretRoutes(deps),
    ...previewRoutes(deps),
    ...catalogRoutes(deps),
    ...roleRoutes(deps),
    ...groupRoutes(deps),
    ...groupContentRoutes(deps),
    ...keyRoutes(deps),
    ...eventRoutes(deps),
    ...mailRoutes(deps),
  ];
  return [...routes, documentRoute(routes, { issuer: deps.issuer, version })];
}
