import type { RouterContext } from '@koa/router';
import type { CurrentInteraction } from '../../provider/interactions.js';
import { asksForSomebodyElse } from './asks-for-somebody-else.js';
import type { InteractionDeps } from './interaction-deps.js';
import { answerPasskeyOptions, checkPasskeyAnswer } from './passkey-answer.js';
import { proveFactor } from './prove-factor.js';
import { showLogin } from './show-login.js';

/**
 * What the login page's script asks an authenticator with. Passkeys are named where this browser is signed in and only
 * confirms it; else the person picks any, and nothing tells whether an account exists.
 */
export async function passkeySignInOptions(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
): Promise<void> {
  const isFixed = ctx.query['account'] === 'fixed' && !asksForSomebodyElse(interaction);
  const accountId = isFixed ? interaction.accountId : undefined;
  await answerPasskeyOptions(deps, ctx, interaction, { step: 'sign in', accountId });
}

/** Signs in by the answer of an authenticator. */
export async function submitPasskey(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
): Promise<void> {
  const checked = await checkPasskeyAnswer(deps, ctx, interaction, { step: 'sign in' });
  if ('refused' in checked) return showLogin(deps, ctx, interaction, checked.refused);
  await proveFactor(deps, ctx, interaction, { method: 'passkey', accountId: checked.account.id });
}
