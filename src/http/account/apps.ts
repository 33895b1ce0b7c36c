import type { RouterContext } from '@koa/router';
import { listConnectedApps, type ConnectedApp } from '../../domain/client-uses/list-connected-apps.js';
import { revokeGrants } from '../../domain/grants/revoke-grants.js';
import type { JsonValue } from '../../domain/json.js';
import { requestIdOf } from '../middlewares/request-id.js';
import type { AccountAppsView } from '../account-view-models.js';
import { accountForm, accountPage, checkedAccountForm, goOn, ownUnitOfWork } from './account-page.js';
import type { HomeAccountDeps } from './home-account-deps.js';

export const APPS_PATH = '/account/apps';

/** The apps that may use the account, and what they may do. */
export async function showApps(deps: HomeAccountDeps, ctx: RouterContext): Promise<void> {
  const signedIn = await deps.signedIn.require(ctx);
  if (!signedIn) return;
  const apps = await listConnectedApps(deps.connectedApps, signedIn.account.id);
  deps.pages.show(ctx, 'account-apps', {
    ...accountPage(ctx, signedIn),
    ...accountForm(deps, APPS_PATH, signedIn),
    apps: apps.map((app) => toView(deps, app)),
  });
}

/** Removes an app: what it may do ends, and next time it asks again. */
export async function submitApps(deps: HomeAccountDeps, ctx: RouterContext): Promise<void> {
  const signedIn = await deps.signedIn.require(ctx);
  if (!signedIn) return;
  const form = await checkedAccountForm(deps, ctx, signedIn);
  const clientId = form.get('client_id');
  if (clientId === undefined) {
    goOn(ctx, APPS_PATH);
    return;
  }
  const unitOfWork = ownUnitOfWork(deps, ctx, signedIn);
  await revokeGrants({ unitOfWork }, { accountId: signedIn.account.id, clientId });
  deps.logger.info('app removed', {
    requestId: requestIdOf(ctx),
    accountId: signedIn.account.id,
    clientId,
  });
  goOn(ctx, APPS_PATH, 'app_removed');
}

function toView(
  { scopes, resources }: Pick<HomeAccountDeps, 'scopes' | 'resources'>,
  app: ConnectedApp,
): AccountAppsView['apps'][number] {
  const toScope = (name: string) => ({
    name,
    sentence: scopes.find((scope) => scope.name === name)?.description,
    isNew: false as const,
  });
  const ofResources = Object.entries(app.resourceScopes).flatMap(([identifier, names]) => {
    const resource = resources.find((one) => one.identifier === identifier)?.name ?? identifier;
    return names.map(toScope).map((scope) => ({ ...scope, value: resource }));
  });
  return {
    clientId: app.clientId,
    name: app.name ?? app.clientId,
    uri: app.uri,
    scopes: [...app.scopes.map(toScope), ...ofResources],
    since: app.since.toISOString(),
    lastUsedAt: app.lastUsedAt?.toISOString(),
    received: Object.entries(app.received).map(([name, value]) => ({ name, value: valueText(value) })),
  };
}

/** One line for a claim's value; what has parts, as an address has, is put in a row. */
function valueText(value: JsonValue): string {
  if (Array.isArray(value)) return value.map(valueText).join(', ');
  if (typeof value === 'object' && value !== null) return Object.values(value).map(valueText).join(', ');
  return String(value);
}
