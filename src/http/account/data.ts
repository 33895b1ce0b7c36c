import type { RouterContext } from '@koa/router';
import { collectOwnData } from '../../domain/accounts/collect-own-data.js';
import { requestIdOf } from '../middlewares/request-id.js';
import { accountForm, accountPage, checkedAccountForm, ownUnitOfWork } from './account-page.js';
import type { HomeAccountDeps } from './home-account-deps.js';

export const DATA_PATH = '/account/data';

/** Offers a download of what is stored about the person. */
export async function showData(deps: HomeAccountDeps, ctx: RouterContext): Promise<void> {
  const signedIn = await deps.signedIn.require(ctx, { recently: true });
  if (!signedIn) return;
  deps.pages.show(ctx, 'account-data', {
    ...accountPage(ctx, signedIn),
    ...accountForm(deps, DATA_PATH, signedIn),
  });
}

/** The download. */
export async function submitData(deps: HomeAccountDeps, ctx: RouterContext): Promise<void> {
  const signedIn = await deps.signedIn.require(ctx, { recently: true });
  if (!signedIn) return;
  await checkedAccountForm(deps, ctx, signedIn);
  const { account } = signedIn;
  const data = await collectOwnData(
    {
      ...deps.connectedApps,
      ...deps,
      unitOfWork: ownUnitOfWork(deps, ctx, signedIn),
      further: deps.areas.flatMap(({ name, exported }) => (exported ? [{ name, exported }] : [])),
    },
    account,
  );
  deps.logger.info('own data downloaded', { requestId: requestIdOf(ctx), accountId: account.id });
  ctx.set('Cache-Control', 'no-store');
  ctx.set('Content-Disposition', 'attachment; filename="account.json"');
  ctx.type = 'application/json; charset=utf-8';
  ctx.body = `${JSON.stringify(data, undefined, 2)}\n`;
}
