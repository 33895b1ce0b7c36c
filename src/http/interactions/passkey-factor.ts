import type { RouterContext } from '@koa/router';
import type { Account } from '../../domain/accounts/account.js';
import type { CurrentInteraction } from '../../provider/interactions.js';
import { accountLabel } from './account-label.js';
import type { InteractionDeps } from './interaction-deps.js';
import { answerPasskeyOptions, checkPasskeyAnswer, type PasskeyTry } from './passkey-answer.js';
import { proveFactor } from './prove-factor.js';
import { csrfPurpose, pageSettings } from './with-interaction.js';

/** Where a passkey is asked for as a second factor, below the interaction. */
export const PASSKEY_FACTOR_STEP = 'second-factor/passkey';

/** Who has to prove a second factor, after the first: only they learn of their passkeys. */
export interface PasskeyFactor {
  readonly account: Account;
  /** Where the other ways are, when there are some. */
  readonly otherWaysHref?: string | undefined;
}

/** The page that asks for a passkey of an account whose first factor is proved. */
export function showPasskeyFactor(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
  { account, otherWaysHref }: PasskeyFactor,
  last?: PasskeyTry,
): void {
  const { uid } = interaction;
  const base = `/interaction/${uid}`;
  deps.pages.show(
    ctx,
    'passkeys-challenge',
    {
      action: `${base}/${PASSKEY_FACTOR_STEP}`,
      optionsAction: `${base}/${PASSKEY_FACTOR_STEP}/options`,
      csrf: deps.csrf.token(csrfPurpose(interaction)),
      account: accountLabel(account),
      fault: last?.fault,
      retryAfterMinutes: last?.retryAfterMinutes,
      otherWaysHref,
      cancelAction: `${base}/second-factor/abort`,
    },
    pageSettings(interaction, last?.status),
  );
}

/** What that page's script asks an authenticator with. */
export async function passkeyFactorOptions(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
  { account }: PasskeyFactor,
): Promise<void> {
  await answerPasskeyOptions(deps, ctx, interaction, { step: 'second factor', accountId: account.id });
}

/** Proves the second factor by the answer of an authenticator. */
export async function submitPasskeyFactor(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
  factor: PasskeyFactor,
): Promise<void> {
  const { id: accountId } = factor.account;
  const checked = await checkPasskeyAnswer(deps, ctx, interaction, { step: 'second factor', accountId });
  if ('refused' in checked) {
    showPasskeyFactor(deps, ctx, interaction, factor, checked.refused);
    return;
  }
  await proveFactor(deps, ctx, interaction, { method: 'passkey', accountId });
}
