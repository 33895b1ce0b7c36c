import type { RouterContext } from '@koa/router';
import { DomainError, type FieldFault } from '../../domain/errors.js';
import { acceptInvitation, findInvitation } from '../../domain/invitations/accept-invitation.js';
import { INVITATION_PATH } from '../../domain/invitations/invitation.js';
import { readForm } from '../form-body.js';
import { originOf } from '../middlewares/audit-origin.js';
import { requestIdOf } from '../middlewares/request-id.js';
import type { SignUpDeps } from './sign-up-deps.js';

/** The page of an invitation's link; looking at it does nothing. */
export async function showInvitation(
  deps: SignUpDeps,
  ctx: RouterContext,
  last?: { readonly form: ReadonlyMap<string, string>; readonly faults: readonly FieldFault[] },
): Promise<void> {
  const token = tokenOf(ctx);
  try {
    const { content } = await findInvitation(deps.invitations, token);
    deps.pages.show(
      ctx,
      'invitation',
      {
        action: `${INVITATION_PATH}/${encodeURIComponent(token)}`,
        csrf: deps.csrf.token(csrfPurpose(token)),
        email: content.email,
        givenName: last?.form.get('given_name') ?? content.givenName ?? '',
        familyName: last?.form.get('family_name') ?? content.familyName ?? '',
        passwordMinLength: deps.invitations.passwordPolicy.minLength,
        faults: last?.faults ?? [],
      },
      { status: last ? 422 : 200 },
    );
  } catch (error) {
    if (!isInvalid(error)) throw error;
    deps.pages.show(ctx, 'account-link-invalid', { purpose: 'invitation' }, { status: 404 });
  }
}

/** Creates the account. Nobody is signed in by it. */
export async function submitInvitation(deps: SignUpDeps, ctx: RouterContext): Promise<void> {
  const token = tokenOf(ctx);
  const form = await readForm(ctx);
  deps.csrf.check(ctx, csrfPurpose(token), form.get('csrf'));
  const optional = (name: string): string | undefined => form.get(name)?.trim() || undefined;
  try {
    const { account } = await acceptInvitation(
      { ...deps.invitations, unitOfWork: deps.unitsOfWork.from(originOf(ctx)) },
      {
        token,
        password: form.get('password') ?? '',
        givenName: optional('given_name'),
        familyName: optional('family_name'),
      },
    );
    deps.logger.info('invitation accepted', { requestId: requestIdOf(ctx), accountId: account.id });
    deps.pages.show(ctx, 'sign-up-done', { email: account.email });
  } catch (error) {
    if (isInvalid(error)) return showInvitation(deps, ctx);
    if (!(error instanceof DomainError && error.code === 'invalid_input')) throw error;
    await showInvitation(deps, ctx, { form, faults: error.faults });
  }
}

function isInvalid(error: unknown): boolean {
  return error instanceof DomainError && error.code === 'account_link_invalid';
}

function csrfPurpose(token: string): string {
  return `invitation\0${token}`;
}

function tokenOf(ctx: RouterContext): string {
  const { token } = ctx.params as { readonly token?: string };
  return token ?? '';
}
