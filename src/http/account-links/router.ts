import Router, { type RouterContext } from '@koa/router';
import {
  ACCOUNT_LINK_KINDS,
  accountLinkInvalid,
  type AccountLinkPurpose,
} from '../../domain/account-links/account-link.js';
import { changeEmail, findEmailChange } from '../../domain/account-links/change-email.js';
import { findAccountLink } from '../../domain/account-links/find-account-link.js';
import { resetPassword } from '../../domain/account-links/reset-password.js';
import { verifyEmail } from '../../domain/account-links/verify-email.js';
import { ACCOUNT_PATH } from '../../domain/clients/account-client.js';
import { DomainError, type FieldFault } from '../../domain/errors.js';
import { originOf } from '../middlewares/audit-origin.js';
import { requestIdOf } from '../middlewares/request-id.js';
import type { AccountLinkDeps } from './account-link-deps.js';
import { seeOther } from '../see-other.js';
import { checkedForm, formTarget } from './link-form.js';
import { showSignInLink, submitSignInLink } from './sign-in-link.js';

/** The pages behind the links for users. Only posting a form uses a link up. */
export function createAccountLinkRouter(deps: AccountLinkDeps): Router {
  const router = new Router();
  const serve = (
    purpose: AccountLinkPurpose,
    method: 'get' | 'post',
    handle: (deps: AccountLinkDeps, ctx: RouterContext, token: string) => Promise<void>,
  ): void => {
    const { path } = ACCOUNT_LINK_KINDS[purpose];
    router[method](`${path}/:token`, (ctx: RouterContext) =>
      unlessInvalid(deps, ctx, purpose, () => handle(deps, ctx, ctx.params.token ?? '')),
    );
    // What is left of a link that was cut off in a message gets the same way on.
    router[method](path, (ctx: RouterContext) =>
      unlessInvalid(deps, ctx, purpose, () => Promise.reject(accountLinkInvalid())),
    );
  };
  serve('password_reset', 'get', showReset);
  serve('password_reset', 'post', submitReset);
  serve('email_verification', 'get', showVerification);
  serve('email_verification', 'post', submitVerification);
  serve('email_change', 'get', showEmailChange);
  serve('email_change', 'post', submitEmailChange);
  serve('sign_in', 'get', showSignInLink);
  serve('sign_in', 'post', submitSignInLink);
  return router;
}

async function showReset(
  deps: AccountLinkDeps,
  ctx: RouterContext,
  token: string,
  faults: readonly FieldFault[] = [],
): Promise<void> {
  const { account } = await findAccountLink(deps.accountLinking, 'password_reset', token);
  deps.pages.show(
    ctx,
    'reset-password',
    {
      ...formTarget(deps, 'password_reset', token),
      email: account.email,
      passwordMinLength: deps.accountLinking.passwordPolicy.minLength,
      faults,
    },
    { status: faults.length > 0 ? 422 : 200 },
  );
}

async function submitReset(deps: AccountLinkDeps, ctx: RouterContext, token: string): Promise<void> {
  const form = await checkedForm(deps, ctx, 'password_reset', token);
  try {
    const scoped = { ...deps.accountLinking, unitOfWork: deps.unitsOfWork.from(originOf(ctx)) };
    const account = await resetPassword(scoped, { token, password: form.get('password') ?? '' });
    deps.logger.info('password reset', { requestId: requestIdOf(ctx), accountId: account.id });
    deps.pages.show(ctx, 'account-link-done', {
      purpose: 'password_reset',
      email: account.email,
      signInUri: deps.selfService?.wayBackCookie.recall(ctx) ?? ACCOUNT_PATH,
    });
  } catch (error) {
    if (!(error instanceof DomainError && error.code === 'invalid_input')) throw error;
    await showReset(deps, ctx, token, error.faults);
  }
}

async function showVerification(deps: AccountLinkDeps, ctx: RouterContext, token: string): Promise<void> {
  const { account } = await findAccountLink(deps.accountLinking, 'email_verification', token);
  deps.pages.show(ctx, 'verify-email', {
    ...formTarget(deps, 'email_verification', token),
    email: account.email,
  });
}

async function submitVerification(deps: AccountLinkDeps, ctx: RouterContext, token: string): Promise<void> {
  await checkedForm(deps, ctx, 'email_verification', token);
  const scoped = { ...deps.accountLinking, unitOfWork: deps.unitsOfWork.from(originOf(ctx)) };
  const account = await verifyEmail(scoped, token);
  deps.logger.info('email verified', { requestId: requestIdOf(ctx), accountId: account.id });
  const { wayOn } = deps.verifiedEmail;
  const waiting = wayOn.recall(ctx);
  if (waiting !== undefined) {
    // This browser has a sign-in that waits for it; nobody is signed in by the link itself.
    wayOn.forget(ctx);
    seeOther(ctx, waiting);
    return;
  }
  deps.pages.show(ctx, 'account-link-done', { purpose: 'email_verification', email: account.email });
}

async function showEmailChange(deps: AccountLinkDeps, ctx: RouterContext, token: string): Promise<void> {
  const { account, newEmail } = await findEmailChange(deps.accountLinking, token);
  if (!(await deps.signedIn.require(ctx, { accountId: account.id }))) return;
  const target = formTarget(deps, 'email_change', token);
  deps.pages.show(ctx, 'change-email', { ...target, email: account.email, newEmail });
}

async function submitEmailChange(deps: AccountLinkDeps, ctx: RouterContext, token: string): Promise<void> {
  await checkedForm(deps, ctx, 'email_change', token);
  const { accountLinking, issuer, unitsOfWork } = deps;
  const { id: accountId } = (await findEmailChange(accountLinking, token)).account;
  if (!(await deps.signedIn.require(ctx, { accountId }))) return;
  const scoped = { ...accountLinking, issuer, unitOfWork: unitsOfWork.from(originOf(ctx)) };
  const account = await changeEmail(scoped, token, accountId);
  deps.logger.info('email changed', { requestId: requestIdOf(ctx), accountId: account.id });
  deps.pages.show(ctx, 'account-link-done', { purpose: 'email_change', email: account.email });
}

/** A link that does not work gets one page, whatever the reason: unknown, used, expired, or of a disabled account. */
async function unlessInvalid(
  { pages, selfService }: AccountLinkDeps,
  ctx: RouterContext,
  purpose: AccountLinkPurpose,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof DomainError && error.code === 'account_link_invalid')) throw error;
    const askUri = selfService?.hasMail === true ? ASK_AGAIN[purpose] : undefined;
    pages.show(ctx, 'account-link-invalid', { purpose, askUri }, { status: 404 });
  }
}

/** Where people ask for a new link themselves. */
const ASK_AGAIN: Partial<Record<AccountLinkPurpose, string>> = {
  password_reset: '/forgot-password',
  email_verification: '/account/email',
  email_change: '/account/email',
};
