import type { RouterContext } from '@koa/router';
import type { ChallengeMethod } from '../../domain/sign-in/next-sign-in-step.js';
import type { CurrentInteraction } from '../../provider/interactions.js';
import { seeOther } from '../see-other.js';
import type { InteractionDeps } from './interaction-deps.js';
import { advance } from './prove-factor.js';
import { secondFactorPath, stepModel, type SecondStep } from './second-factor-step.js';
import { findSignInState } from './sign-in-state.js';
import { pageSettings } from './with-interaction.js';

/** Where each way has its page. */
export const CHALLENGE_PAGES: Readonly<Record<ChallengeMethod, string>> = {
  passkey: '/passkey',
  totp: '/totp',
  recovery_code: '/recovery',
};

/** The page after the first factor: the ways that the account has, or how it gets one. */
export async function showChallenge(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
): Promise<void> {
  const state = await findSignInState(deps, ctx, interaction);
  if (!state) {
    seeOther(ctx, `/interaction/${interaction.uid}`);
    return;
  }
  deps.restartCookie.remember(ctx, interaction.uid, interaction.restartPath);
  const { step } = state;
  if (step.kind === 'challenge') await showMethods(deps, ctx, { interaction, state: { ...state, step } });
  else if (step.kind === 'enrol') seeOther(ctx, secondFactorPath(interaction, '/setup'));
  else await advance(deps, ctx, interaction, state);
}

async function showMethods(
  deps: InteractionDeps,
  ctx: RouterContext,
  at: SecondStep<'challenge'>,
): Promise<void> {
  const { interaction, state } = at;
  const methods = await lastUsedFirst(deps, state.account.id, state.step.methods);
  const [first, second] = methods;
  // An authenticator alone, with or without recovery codes, needs no choice before it.
  if (
    first === 'totp' &&
    (second === undefined || second === 'recovery_code') &&
    ctx.query['choose'] === undefined
  ) {
    seeOther(ctx, secondFactorPath(interaction, CHALLENGE_PAGES.totp));
    return;
  }
  const ways = methods.map((method) => ({
    method,
    address: secondFactorPath(interaction, CHALLENGE_PAGES[method]),
  }));
  deps.pages.show(
    ctx,
    'second-factor',
    { ...stepModel(deps, at, ''), methods: ways },
    pageSettings(interaction),
  );
}

/** The way that was used last comes first; recovery codes stay last. */
async function lastUsedFirst(
  { factors }: InteractionDeps,
  accountId: string,
  methods: readonly ChallengeMethod[],
): Promise<readonly ChallengeMethod[]> {
  if (!methods.includes('passkey') || !methods.includes('totp')) return methods;
  const [totp, passkeys] = await Promise.all([
    factors.totp.find(accountId),
    factors.passkeys.listForAccount(accountId),
  ]);
  const timeOf = (at: Date | undefined): number => at?.getTime() ?? 0;
  const passkeyUsedAt = Math.max(...passkeys.map(({ lastUsedAt }) => timeOf(lastUsedAt)), 0);
  if (timeOf(totp?.lastUsedAt) <= passkeyUsedAt) return methods;
  return ['totp', ...methods.filter((method) => method !== 'totp')];
}
