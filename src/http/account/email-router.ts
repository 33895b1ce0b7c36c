import Router, { type RouterContext } from '@koa/router';
import {
  requestEmailChange,
  type RequestEmailChangeDeps,
} from '../../domain/account-links/request-email-change.js';
import { requestEmailVerification } from '../../domain/account-links/request-email-verification.js';
import { DomainError, type FieldFault } from '../../domain/errors.js';
import { requestIdOf } from '../middlewares/request-id.js';
import { mailLocale } from '../sign-up/mail-locale.js';
import { putOff } from '../put-off.js';
import { seeOther } from '../see-other.js';
import type { AccountDeps } from './account-deps.js';
import { accountForm, accountPage, checkedAccountForm, ownUnitOfWork } from './account-page.js';
import type { AccountArea } from './home-account-deps.js';
import type { SignedIn } from './signed-in.js';

export const EMAIL_PATH = '/account/email';

/** For the overview. */
export const emailArea: AccountArea = { name: 'email', path: EMAIL_PATH };

export interface EmailAccountDeps extends AccountDeps {
  readonly emailLinks: Omit<RequestEmailChangeDeps, 'unitOfWork'>;
}

interface LastTry {
  readonly newEmail?: string;
  readonly faults: readonly FieldFault[];
  readonly retryAfterMinutes?: number | undefined;
  readonly status: number;
}

/** The page on which people change the email address of their account, or have it verified. */
export function createEmailAccountRouter(deps: EmailAccountDeps): Router {
  const router = new Router();
  router.get(EMAIL_PATH, async (ctx: RouterContext) => {
    const signedIn = await deps.signedIn.require(ctx, { recently: true });
    if (signedIn) show(deps, ctx, signedIn);
  });
  router.post(EMAIL_PATH, async (ctx: RouterContext) => {
    const signedIn = await deps.signedIn.require(ctx, { recently: true });
    if (signedIn) await submit(deps, ctx, signedIn);
  });
  return router;
}

async function submit(deps: EmailAccountDeps, ctx: RouterContext, signedIn: SignedIn): Promise<void> {
  const form = await checkedAccountForm(deps, ctx, signedIn);
  const newEmail = (form.get('email') ?? '').trim();
  const isVerification = form.has('verify');
  const scoped = { ...deps.emailLinks, unitOfWork: ownUnitOfWork(deps, ctx, signedIn) };
  const asked = { accountId: signedIn.account.id, locale: mailLocale(ctx), address: ctx.ip };
  try {
    await (isVerification
      ? requestEmailVerification(scoped, asked)
      : requestEmailChange(scoped, { ...asked, email: newEmail }));
    deps.logger.info(isVerification ? 'verification requested' : 'change of email requested', {
      requestId: requestIdOf(ctx),
      accountId: signedIn.account.id,
    });
    seeOther(ctx, `${EMAIL_PATH}?sent=${isVerification ? 'verification' : 'change'}`);
  } catch (error) {
    const off = putOff(ctx, error);
    if (off) {
      const { fault: code, retryAfterMinutes, status } = off;
      show(deps, ctx, signedIn, {
        newEmail,
        faults: [{ field: '', code, detail: '' }],
        retryAfterMinutes,
        status,
      });
      return;
    }
    if (!(error instanceof DomainError && error.code === 'invalid_input')) throw error;
    show(deps, ctx, signedIn, { newEmail, faults: error.faults, status: 422 });
  }
}

function show(deps: EmailAccountDeps, ctx: RouterContext, signedIn: SignedIn, last?: LastTry): void {
  const { email, emailVerified } = signedIn.account;
  const { sent } = ctx.query;
  deps.pages.show(
    ctx,
    'account-email',
    {
      ...accountPage(ctx, signedIn),
      ...accountForm(deps, EMAIL_PATH, signedIn),
      email,
      emailVerified,
      newEmail: last?.newEmail ?? '',
      faults: last?.faults ?? [],
      retryAfterMinutes: last?.retryAfterMinutes,
      sent: last ? undefined : (['change', 'verification'] as const).find((known) => known === sent),
    },
    { status: last?.status ?? 200 },
  );
}
