import Router, { type RouterContext } from '@koa/router';
import { answerUpstream } from '../../domain/upstream/answer-upstream.js';
import { callbackUri } from '../../domain/upstream/begin-upstream.js';
import type { IdentityProvider } from '../../domain/upstream/identity-provider.js';
import { UpstreamError } from '../../domain/upstream/upstream-error.js';
import { originOf } from '../middlewares/audit-origin.js';
import { seeOther } from '../see-other.js';
import { callbackPath } from './go-upstream.js';
import { LINKED_ACCOUNTS_PATH } from './linked-accounts-path.js';
import { answerBackchannelLogout } from './backchannel-logout.js';
import { showFailure } from './show-failure.js';
import { signOutThere, welcomeBack } from './sign-out-there.js';
import type { UpstreamDeps } from './upstream-deps.js';

/** Characters of a state; ours has 43. */
const LONGEST_STATE = 100;

/** What browsers come back to from other providers, below `/upstream`. */
export function createUpstreamRouter(deps: UpstreamDeps): Router {
  const router = new Router();
  const find = (ctx: RouterContext): IdentityProvider | undefined => {
    const { provider } = ctx.params as { readonly provider?: string };
    return deps.providers.find(({ id }) => id === provider);
  };
  router.get('/upstream/:provider/callback', async (ctx: RouterContext) => {
    const provider = find(ctx);
    if (provider) await takeAnswer(deps, ctx, provider);
  });
  router.get('/upstream/:provider/sign-out', async (ctx: RouterContext) => {
    const provider = find(ctx);
    if (provider?.logout === true) await signOutThere(deps, ctx, provider);
  });
  router.get('/upstream/:provider/signed-out', (ctx: RouterContext) => {
    const provider = find(ctx);
    if (provider?.logoutReturn === true) welcomeBack(deps, ctx, provider);
  });
  router.post('/upstream/:provider/backchannel-logout', async (ctx: RouterContext) => {
    const provider = find(ctx);
    if (provider?.type === 'oidc') await answerBackchannelLogout(deps, ctx, provider);
  });
  return router;
}

async function takeAnswer(deps: UpstreamDeps, ctx: RouterContext, provider: IdentityProvider): Promise<void> {
  const { state: given } = ctx.query;
  const state = typeof given === 'string' && given.length <= LONGEST_STATE ? given : '';
  const cookie = deps.cookies.request(state);
  ctx.set('Cache-Control', 'no-store');
  try {
    const { purpose, outcome } = await answerUpstream(
      { ...deps, unitOfWork: deps.unitsOfWork.from(originOf(ctx)) },
      provider,
      {
        // Made from the issuer, and not of the host that the request names.
        uri: `${callbackUri(deps.issuer, provider)}${ctx.search}`,
        state,
        browser: cookie.read(ctx),
      },
    );
    cookie.clear(ctx, callbackPath(provider));
    const isSignIn = purpose.kind === 'sign_in';
    const step = isSignIn ? `/interaction/${purpose.interactionUid}` : LINKED_ACCOUNTS_PATH;
    if ('error' in outcome) {
      const back = isSignIn ? 'sign_in' : 'account';
      showFailure(deps, ctx, outcome.error, { providerName: provider.name, backUri: step, back });
      return;
    }
    deps.cookies.identity.give(ctx, step, outcome.ticket);
    seeOther(ctx, isSignIn ? `${step}/upstream` : `${step}/finish`);
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    showFailure(deps, ctx, error, { providerName: provider.name });
  }
}
