import type { RouterContext } from '@koa/router';
import { fullName } from '../../domain/accounts/account-claims.js';
import { hasPassword } from '../../domain/accounts/change-own-password.js';
import { listConnectedApps } from '../../domain/client-uses/list-connected-apps.js';
import { listSessions } from '../../domain/sessions/list-sessions.js';
import type { AccountAreaName, AccountView } from '../account-view-models.js';
import { accountPage } from './account-page.js';
import type { HomeAccountDeps } from './home-account-deps.js';

type Group = AccountView['groups'][number];
type Area = Group['areas'][number];

const SIGN_IN_AREAS: readonly AccountAreaName[] = [
  'email',
  'password',
  'passkeys',
  'totp',
  'recovery_codes',
  'linked_accounts',
];

/** The first page of the account: what there is, and where it is changed. */
export async function showOverview(deps: HomeAccountDeps, ctx: RouterContext): Promise<void> {
  const signedIn = await deps.signedIn.require(ctx);
  if (!signedIn) return;
  const { account } = signedIn;
  const [password, { sessions }, apps, others] = await Promise.all([
    hasPassword(deps.accounts, account),
    listSessions(deps, { accountId: account.id, limit: 200 }),
    listConnectedApps(deps.connectedApps, account.id),
    Promise.all(
      deps.areas.map(async ({ name, path, count }): Promise<Area> => ({
        name,
        href: path,
        count: await count?.(account),
      })),
    ),
  ]);
  const signIn = [...others, area('password', '/account/password', password ? 1 : 0)]
    .filter(({ name }) => SIGN_IN_AREAS.includes(name))
    .sort((one, other) => SIGN_IN_AREAS.indexOf(one.name) - SIGN_IN_AREAS.indexOf(other.name));
  const groups: readonly Group[] = [
    { name: 'person', areas: [area('profile', '/account/profile')] },
    { name: 'sign_in', areas: signIn },
    {
      name: 'use',
      areas: [
        ...others.filter(({ name }) => name === 'requests'),
        area('sessions', '/account/sessions', sessions.length),
        area('apps', '/account/apps', apps.length),
        area('activity', '/account/activity'),
      ],
    },
    { name: 'data', areas: [area('data', '/account/data'), area('deletion', '/account/deletion')] },
  ];
  deps.pages.show(ctx, 'account', {
    ...accountPage(ctx, signedIn),
    name: fullName(account.profile),
    groups,
    signOutUri: deps.signOutPath,
  });
}

function area(name: AccountAreaName, href: string, count?: number): Area {
  return { name, href, count };
}
