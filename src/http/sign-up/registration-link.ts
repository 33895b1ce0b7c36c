import type { RouterContext } from '@koa/router';
import { DomainError } from '../../domain/errors.js';
import {
  confirmRegistrationByLink,
  findRegistration,
} from '../../domain/registrations/confirm-registration.js';
import { REGISTRATION_PATH } from '../../domain/registrations/registration.js';
import { readForm } from '../form-body.js';
import { csrfPurpose } from '../interactions/with-interaction.js';
import { originOf } from '../middlewares/audit-origin.js';
import { requestIdOf } from '../middlewares/request-id.js';
import type { ConfirmSignUpView } from '../sign-up-view-models.js';
import { putOff } from '../put-off.js';
import type { SignUpDeps } from './sign-up-deps.js';

/**
 * The page of a registration's link. In the browser in which it began one press goes on with the interaction; in any
 * other one the password is asked for, and looking at the page does nothing.
 */
export async function showRegistrationLink(
  deps: SignUpDeps,
  ctx: RouterContext,
  last: Partial<ConfirmSignUpView> & { readonly status?: number } = {},
): Promise<void> {
  const token = tokenOf(ctx);
  const { registration, registrationCookie } = deps.selfService;
  try {
    const { registration: found, isOwnBrowser } = await findRegistration(
      registration,
      token,
      registrationCookie.read(ctx),
    );
    const { email, interaction: uid } = found.content;
    const { status = 200, fault, retryAfterMinutes } = last;
    const form =
      isOwnBrowser && ctx.query['by'] !== 'itself'
        ? {
            action: `/interaction/${uid}/sign-up/finish`,
            csrf: deps.csrf.token(csrfPurpose({ uid })),
            token,
          }
        : {
            action: `${REGISTRATION_PATH}/${encodeURIComponent(token)}`,
            csrf: deps.csrf.token(ownCsrfPurpose(token)),
          };
    deps.pages.show(
      ctx,
      'confirm-sign-up',
      { ...form, email, asksPassword: !isOwnBrowser, fault, retryAfterMinutes },
      { status },
    );
  } catch (error) {
    if (!isInvalid(error)) throw error;
    deps.pages.show(ctx, 'account-link-invalid', { purpose: 'registration' }, { status: 404 });
  }
}

/** Creates the account outside the interaction in which it began. Nobody is signed in by it. */
export async function submitRegistrationLink(deps: SignUpDeps, ctx: RouterContext): Promise<void> {
  const token = tokenOf(ctx);
  const form = await readForm(ctx);
  deps.csrf.check(ctx, ownCsrfPurpose(token), form.get('csrf'));
  try {
    const account = await confirmRegistrationByLink(
      { ...deps.selfService.registration, unitOfWork: deps.unitsOfWork.from(originOf(ctx)) },
      {
        token,
        browserToken: deps.selfService.registrationCookie.read(ctx),
        password: form.get('password') ?? '',
        address: ctx.ip,
      },
    );
    deps.logger.info('signed up', { requestId: requestIdOf(ctx), accountId: account.id });
    deps.pages.show(ctx, 'sign-up-done', { email: account.email });
  } catch (error) {
    const off = putOff(ctx, error);
    if (off) return showRegistrationLink(deps, ctx, off);
    if (isInvalid(error)) return showRegistrationLink(deps, ctx);
    if (!(error instanceof DomainError && error.code === 'invalid_credentials')) throw error;
    await showRegistrationLink(deps, ctx, { fault: 'password_wrong', status: 422 });
  }
}

function isInvalid(error: unknown): boolean {
  return error instanceof DomainError && error.code === 'account_link_invalid';
}

function ownCsrfPurpose(token: string): string {
  return `registration\0${token}`;
}

function tokenOf(ctx: RouterContext): string {
  const { token } = ctx.params as { readonly token?: string };
  return token ?? '';
}
