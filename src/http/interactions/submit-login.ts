import type { RouterContext } from '@koa/router';
import { authenticateEndUser } from '../../domain/accounts/authenticate-end-user.js';
import { DomainError } from '../../domain/errors.js';
import type { CurrentInteraction } from '../../provider/interactions.js';
import { originOf } from '../middlewares/audit-origin.js';
import { requestIdOf } from '../middlewares/request-id.js';
import { putOff } from '../put-off.js';
import type { InteractionDeps } from './interaction-deps.js';
import { proveFactor } from './prove-factor.js';
import { showLogin, type LoginTry } from './show-login.js';
import { readInteractionForm } from './with-interaction.js';

/** Answers the login form. */
export async function submitLogin(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
): Promise<void> {
  const form = await readInteractionForm(deps, ctx, interaction);
  const identifier = form.get('username') ?? '';
  const password = form.get('password') ?? '';
  const again = (last: LoginTry): Promise<void> => showLogin(deps, ctx, interaction, { ...last, identifier });

  if (identifier.trim() === '') return again({ fault: 'identifier_missing', status: 422 });
  if (password === '') return again({ fault: 'password_missing', status: 422 });
  try {
    const unitOfWork = deps.addingUnitsOfWork.from(originOf(ctx));
    const account = await authenticateEndUser(
      { ...deps.authentication, unitOfWork },
      { username: identifier, password, address: ctx.ip, clientId: interaction.client.clientId },
    );
    await proveFactor(deps, ctx, interaction, { method: 'password', accountId: account.id });
  } catch (error) {
    const last = refusedTry(ctx, error);
    if (!last) throw error;
    deps.logger.info('sign-in refused', {
      requestId: requestIdOf(ctx),
      errorCode: last.fault,
      clientId: interaction.client.clientId,
    });
    await again(last);
  }
}

function refusedTry(
  ctx: RouterContext,
  error: unknown,
): (LoginTry & { readonly fault: NonNullable<LoginTry['fault']> }) | undefined {
  const isWrong = error instanceof DomainError && error.code === 'invalid_credentials';
  return isWrong ? { fault: 'invalid_credentials', status: 422 } : putOff(ctx, error);
}
