import Router, { type RouterContext } from '@koa/router';
import { DomainError } from '../../domain/errors.js';
import { allowedProviders } from '../../domain/upstream/identity-provider.js';
import { linkIdentity } from '../../domain/upstream/link-identity.js';
import { linkInformation, listLinks } from '../../domain/upstream/list-links.js';
import { unlinkIdentity } from '../../domain/upstream/unlink-identity.js';
import { UpstreamError } from '../../domain/upstream/upstream-error.js';
import { goUpstream } from '../upstream/go-upstream.js';
import { LINKED_ACCOUNTS_PATH } from '../upstream/linked-accounts-path.js';
import { showFailure } from '../upstream/show-failure.js';
import type { UpstreamDeps } from '../upstream/upstream-deps.js';
import type { AccountDeps } from './account-deps.js';
import { accountForm, accountPage, checkedAccountForm, goOn, ownUnitOfWork } from './account-page.js';
import type { AccountArea } from './home-account-deps.js';
import type { SignedIn } from './signed-in.js';

/** What the page of links with other providers is made with. */
export interface LinkedAccountsDeps extends AccountDeps {
  readonly upstream: UpstreamDeps;
}

/** Links of the account with other providers. */
export function createLinkedAccountsAccountRouter(deps: LinkedAccountsDeps): Router {
  const router = new Router();
  router.get(LINKED_ACCOUNTS_PATH, async (ctx: RouterContext) => {
    const signedIn = await deps.signedIn.require(ctx);
    if (signedIn) await show(deps, ctx, signedIn);
  });
  router.post(LINKED_ACCOUNTS_PATH, async (ctx: RouterContext) => {
    const signedIn = await deps.signedIn.require(ctx, { recently: true });
    if (signedIn) await submit(deps, ctx, signedIn);
  });
  router.get(`${LINKED_ACCOUNTS_PATH}/finish`, async (ctx: RouterContext) => {
    const signedIn = await deps.signedIn.require(ctx, { recently: true });
    if (signedIn) await finishLink(deps, ctx, signedIn);
  });
  return router;
}

/** The page's place on the overview, and what it tells for the download. */
export function linkedAccountsArea(upstream: UpstreamDeps): AccountArea {
  const links = (accountId: string) => listLinks({ ...upstream, upstreamLinks: upstream.links }, accountId);
  return {
    name: 'linked_accounts',
    path: LINKED_ACCOUNTS_PATH,
    count: async ({ id }) => (await upstream.links.list(id)).length,
    exported: async ({ id }) => (await links(id)).map(linkInformation),
  };
}

async function show(
  deps: LinkedAccountsDeps,
  ctx: RouterContext,
  signedIn: SignedIn,
  refusal?: { readonly fault: 'last_way_to_sign_in'; readonly status: number },
): Promise<void> {
  const { upstream } = deps;
  const { account } = signedIn;
  const links = await listLinks({ ...upstream, upstreamLinks: upstream.links }, account.id);
  deps.pages.show(
    ctx,
    'account-linked-accounts',
    {
      ...accountPage(ctx, signedIn),
      ...accountForm(deps, LINKED_ACCOUNTS_PATH, signedIn),
      links: links.map(({ id, providerName, email, createdAt, lastUsedAt }) => ({
        id,
        providerName,
        email,
        since: createdAt.toISOString(),
        lastUsedAt: lastUsedAt?.toISOString(),
      })),
      providers: allowedProviders(upstream.providers, undefined).map(({ id, name }) => ({ id, name })),
      fault: refusal?.fault,
    },
    { status: refusal?.status ?? 200 },
  );
}

async function submit(deps: LinkedAccountsDeps, ctx: RouterContext, signedIn: SignedIn): Promise<void> {
  const form = await checkedAccountForm(deps, ctx, signedIn);
  const link = form.get('unlink');
  if (link !== undefined) return unlink(deps, ctx, signedIn, link);
  const provider = allowedProviders(deps.upstream.providers, undefined).find(
    ({ id }) => id === form.get('link'),
  );
  if (!provider) return show(deps, ctx, signedIn);
  const { account, session } = signedIn;
  await failing(deps, ctx, provider.name, () =>
    goUpstream(deps.upstream, ctx, provider, {
      purpose: { kind: 'link', accountId: account.id, sessionId: session.id },
      fresh: false,
      uiLocales: account.profile.locale,
    }),
  );
}

async function unlink(
  deps: LinkedAccountsDeps,
  ctx: RouterContext,
  signedIn: SignedIn,
  link: string,
): Promise<void> {
  const { account, session } = signedIn;
  const unitOfWork = ownUnitOfWork(deps, ctx, signedIn);
  try {
    const by = { kind: 'owner', sessionId: session.id } as const;
    await unlinkIdentity({ ...deps.upstream, unitOfWork }, { id: account.id, link }, by);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    if (error.code === 'last_way_to_sign_in') {
      return show(deps, ctx, signedIn, { fault: error.code, status: 422 });
    }
    // It was taken away already.
    if (error.code !== 'not_found') throw error;
  }
  goOn(ctx, LINKED_ACCOUNTS_PATH, 'account_unlinked');
}

/** Links the identity with which the browser came back, when it was this session that asked for it. */
async function finishLink(deps: LinkedAccountsDeps, ctx: RouterContext, signedIn: SignedIn): Promise<void> {
  const { upstream } = deps;
  const { account, session } = signedIn;
  const ticket = upstream.cookies.identity.read(ctx);
  if (ticket === undefined) {
    goOn(ctx, LINKED_ACCOUNTS_PATH);
    return;
  }
  upstream.cookies.identity.clear(ctx, LINKED_ACCOUNTS_PATH);
  await failing(deps, ctx, '', async () => {
    await linkIdentity({ ...upstream, unitOfWork: ownUnitOfWork(deps, ctx, signedIn) }, account, {
      ticket,
      isMeant: ({ purpose }) =>
        purpose.kind === 'link' && purpose.accountId === account.id && purpose.sessionId === session.id,
    });
    goOn(ctx, LINKED_ACCOUNTS_PATH, 'account_linked');
  });
}

async function failing(
  deps: LinkedAccountsDeps,
  ctx: RouterContext,
  providerName: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    showFailure(deps, ctx, error, { providerName, backUri: LINKED_ACCOUNTS_PATH, back: 'account' });
  }
}
