import type { ApiDeps } from './api-deps.js';
import { catalogRoutes } from './catalog/catalog-routes.js';
import { clientRoutes } from './clients/client-routes.js';
import { previewRoutes } from './clients/preview-routes.js';
import { secretRoutes } from './clients/secret-routes.js';
import { documentRoute } from './docs/document-route.js';
import { eventRoutes } from './events/event-routes.js';
import type { ApiRoute } from './framework/route.js';
import { grantRoutes } from './grants/grant-routes.js';
import { groupContentRoutes } from './groups/group-content-routes.js';
import { groupRoutes } from './groups/group-routes.js';
import { keyRoutes } from './keys/key-routes.js';
import { roleRoutes } from './roles/role-routes.js';
import { userRoleRoutes } from './roles/user-role-routes.js';
import { sessionRoutes } from './sessions/session-routes.js';
import { ownAccountRoutes } from './users/own-account-routes.js';
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
    ...userLinkRoutes(deps),
    ...userRoleRoutes(deps),
    ...sessionRoutes(deps),
    ...grantRoutes(deps),
    ...clientRoutes(deps),
    ...secretRoutes(deps),
    ...previewRoutes(deps),
    ...catalogRoutes(deps),
    ...roleRoutes(deps),
    ...groupRoutes(deps),
    ...groupContentRoutes(deps),
    ...keyRoutes(deps),
    ...eventRoutes(deps),
  ];
  return [...routes, documentRoute(routes, { issuer: deps.issuer, version })];
}
