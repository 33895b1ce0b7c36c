import type { RouterContext } from '@koa/router';
import type { Account } from '../../domain/accounts/account.js';
import { DomainError } from '../../domain/errors.js';
import { beginPasskeySignIn } from '../../domain/passkeys/begin-passkey-sign-in.js';
import { signInByPasskey } from '../../domain/passkeys/sign-in-by-passkey.js';
import type { CurrentInteraction } from '../../provider/interactions.js';
import { originOf } from '../middlewares/audit-origin.js';
import { requestIdOf } from '../middlewares/request-id.js';
import { tooManyAttempts } from '../put-off.js';
import type { InteractionDeps } from './interaction-deps.js';
import { readInteractionForm } from './with-interaction.js';

/** Why an answer was not taken, as a page tells it. */
export interface PasskeyTry {
  readonly fault: 'passkey_refused' | 'too_many_attempts';
  readonly retryAfterMinutes?: number;
  readonly status: number;
}

/** What an answer belongs to: a sign-in and a second factor of one interaction do not answer for each other. */
type Step = 'sign in' | 'second factor';

/**
 * Answers the page's script with what it asks an authenticator with.
 * @param of whose passkeys are named: see `beginPasskeySignIn`
 */
export async function answerPasskeyOptions(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
  of: { readonly step: Step; readonly accountId: string | undefined },
): Promise<void> {
  await readInteractionForm(deps, ctx, interaction);
  const unitOfWork = deps.unitsOfWork.from(originOf(ctx));
  ctx.set('Cache-Control', 'no-store');
  ctx.body = await beginPasskeySignIn(
    { ...deps.passkeySignIn, unitOfWork },
    { binding: bindingOf(interaction, of.step), accountId: of.accountId },
  );
}

/**
 * Reads and checks the answer of an authenticator.
 * @param of.accountId the only account that it may be of
 * @returns whose passkey it is, or why it was not taken
 */
export async function checkPasskeyAnswer(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
  of: { readonly step: Step; readonly accountId?: string | undefined },
): Promise<{ readonly account: Account } | { readonly refused: PasskeyTry }> {
  const form = await readInteractionForm(deps, ctx, interaction);
  const { clientId } = interaction.client;
  try {
    const account = await signInByPasskey(
      { ...deps.passkeySignIn, unitOfWork: deps.unitsOfWork.from(originOf(ctx)) },
      {
        answer: form.get('credential') ?? '',
        binding: bindingOf(interaction, of.step),
        accountId: of.accountId,
        address: ctx.ip,
        clientId,
      },
    );
    return { account };
  } catch (error) {
    const refused = refusedTry(ctx, error);
    if (!refused) throw error;
    deps.logger.info('sign-in refused', { requestId: requestIdOf(ctx), errorCode: refused.fault, clientId });
    return { refused };
  }
}

function refusedTry(ctx: RouterContext, error: unknown): PasskeyTry | undefined {
  const isRefused = error instanceof DomainError && error.code === 'passkey_refused';
  return isRefused ? { fault: 'passkey_refused', status: 422 } : tooManyAttempts(ctx, error);
}

function bindingOf({ uid }: CurrentInteraction, step: Step): string {
  return `interaction ${uid} ${step}`;
}
