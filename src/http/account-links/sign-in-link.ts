import type { RouterContext } from '@koa/router';
import { exchangeSignInLink } from '../../domain/account-links/exchange-sign-in-link.js';
import { findAccountLink } from '../../domain/account-links/find-account-link.js';
import { originOf } from '../middlewares/audit-origin.js';
import { requestIdOf } from '../middlewares/request-id.js';
import type { SignInLinkDoneView } from '../account-link-view-models.js';
import type { AccountLinkDeps } from './account-link-deps.js';
import { checkedForm, formTarget } from './link-form.js';
import { parseUrl } from '../../domain/url.js';

/** Names the account and asks for a press of the button, so that nobody is signed in as somebody else unawares. */
export async function showSignInLink(
  deps: AccountLinkDeps,
  ctx: RouterContext,
  token: string,
): Promise<void> {
  const { account } = await findAccountLink(deps.accountLinking, 'sign_in', token);
  deps.pages.show(ctx, 'sign-in-link', { ...formTarget(deps, 'sign_in', token), email: account.email });
}

/** Gives this browser the ticket, and shows the way to the app. */
export async function submitSignInLink(
  deps: AccountLinkDeps,
  ctx: RouterContext,
  token: string,
): Promise<void> {
  await checkedForm(deps, ctx, 'sign_in', token);
  const scoped = { ...deps.accountLinking, unitOfWork: deps.unitsOfWork.from(originOf(ctx)) };
  const { ticket, account, clientId } = await exchangeSignInLink(scoped, token);
  deps.signInTicketCookie.give(ctx, ticket);
  deps.logger.info('sign-in link used', { requestId: requestIdOf(ctx), accountId: account.id });
  deps.pages.show(ctx, 'sign-in-link-done', { email: account.email, ...(await wayOn(deps, clientId)) });
}

/** @see OpenID Connect Core 1.0 §4 */
async function wayOn(
  { clientDirectory, issuer }: AccountLinkDeps,
  clientId: string | undefined,
): Promise<Pick<SignInLinkDoneView, 'clientName' | 'loginUri'>> {
  const client = clientId === undefined ? undefined : await clientDirectory.find(clientId);
  const initiateLoginUri = client?.metadata['initiate_login_uri'];
  const loginUri = typeof initiateLoginUri === 'string' ? parseUrl(initiateLoginUri) : undefined;
  if (!client || loginUri === undefined) return {};
  loginUri.searchParams.set('iss', issuer);
  return { clientName: client.name, loginUri: loginUri.href };
}
