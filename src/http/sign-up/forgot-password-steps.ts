import type { RouterContext } from '@koa/router';
import { ACCOUNT_LINK_KINDS } from '../../domain/account-links/account-link.js';
import {
  countResetRequest,
  requestPasswordReset,
} from '../../domain/account-links/request-password-reset.js';
import type { UnitsOfWork } from '../../domain/unit-of-work.js';
import { readForm } from '../form-body.js';
import { originOf } from '../middlewares/audit-origin.js';
import type { Csrf } from '../middlewares/csrf.js';
import type { Pages, PageSettings } from '../pages.js';
import type { ForgotPasswordView } from '../sign-up-view-models.js';
import { mailLocale } from './mail-locale.js';
import { putOff } from '../put-off.js';
import type { SelfServiceDeps } from './self-service-deps.js';

export interface ForgotPasswordDeps {
  readonly selfService: SelfServiceDeps;
  readonly unitsOfWork: UnitsOfWork;
  readonly pages: Pages;
  readonly csrf: Csrf;
}

/** Where the page stands: within an interaction, or by itself. */
export interface ForgotPasswordPlace {
  readonly action: string;
  readonly csrfPurpose: string;
  readonly backUri?: string | undefined;
  readonly settings?: PageSettings;
}

/** Asks for the address. */
export function showForgotPassword(
  { pages, csrf }: Pick<ForgotPasswordDeps, 'pages' | 'csrf'>,
  ctx: RouterContext,
  { action, csrfPurpose, backUri, settings = {} }: ForgotPasswordPlace,
  last: Partial<ForgotPasswordView> & { readonly status?: number } = {},
): void {
  const { identifier = '', fault, retryAfterMinutes, status = 200 } = last;
  const model = { action, csrf: csrf.token(csrfPurpose), identifier, fault, retryAfterMinutes, backUri };
  pages.show(ctx, 'forgot-password', model, { ...settings, status });
}

/**
 * Says that a link was sent, if there is such an account. Whether there is one is looked up only when the answer is out:
 * nothing about the answer depends on it, not even the time.
 */
export async function submitForgotPassword(
  deps: ForgotPasswordDeps,
  ctx: RouterContext,
  place: ForgotPasswordPlace,
): Promise<void> {
  const form = await readForm(ctx);
  deps.csrf.check(ctx, place.csrfPurpose, form.get('csrf'));
  const { passwordReset, afterwards } = deps.selfService;
  const login = (form.get('username') ?? '').trim();
  if (login === '') {
    showForgotPassword(deps, ctx, place, { fault: 'identifier_missing', status: 422 });
    return;
  }
  try {
    await countResetRequest(passwordReset, login, ctx.ip);
  } catch (error) {
    const off = putOff(ctx, error);
    if (off?.fault !== 'too_many_attempts') throw error;
    const { fault, status, retryAfterMinutes } = off;
    showForgotPassword(deps, ctx, place, { identifier: login, fault, status, retryAfterMinutes });
    return;
  }
  const scoped = { ...passwordReset, unitOfWork: deps.unitsOfWork.from(originOf(ctx)) };
  const locale = mailLocale(ctx, place.settings?.uiLocales);
  afterwards.run('a link to reset a password could not be sent', () =>
    requestPasswordReset(scoped, login, locale),
  );
  const minutes = ACCOUNT_LINK_KINDS.password_reset.lifetime / 60;
  deps.pages.show(ctx, 'forgot-password-sent', { minutes, backUri: place.backUri }, place.settings);
}
