import type { RouterContext } from '@koa/router';
import type { Account } from '../../domain/accounts/account.js';
import { nextSignInStep, type SignInStep } from '../../domain/sign-in/next-sign-in-step.js';
import { beginAttempt, isLive, isRecent, type SignInAttempt } from '../../domain/sign-in/sign-in-attempt.js';
import { signInRequirement, type SignInRequirement } from '../../domain/sign-in/sign-in-requirement.js';
import { lacksVerifiedEmail } from '../../domain/sign-in/verified-email.js';
import type { CurrentInteraction } from '../../provider/interactions.js';
import type { InteractionDeps } from './interaction-deps.js';

/** Where somebody stands in a sign-in that has begun: the first factor is proved. */
export interface SignInState {
  readonly account: Account;
  readonly attempt: SignInAttempt;
  readonly requirement: SignInRequirement;
  readonly step: SignInStep;
}

/**
 * Where this browser stands within an interaction: after the first factor, or signed in by less than what is asked.
 * @returns undefined where the first factor comes next, as also when the account has changed since
 */
export async function findSignInState(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
): Promise<SignInState | undefined> {
  const { attempt: kept, provenSession, prompt } = interaction;
  if (prompt !== 'login') return undefined;
  const accountId = kept?.accountId ?? provenSession?.accountId;
  const account = accountId === undefined ? undefined : await deps.accounts.findById(accountId);
  if (!account || account.disabled) return undefined;
  const attempt = kept ?? beginAttempt(account, provenSession, deps.clock);
  if (!isLive(attempt, account, deps.clock)) return undefined;
  const state = await stateOf(deps, ctx, interaction, account, attempt);
  return state.step.kind === 'first_factor' ? undefined : state;
}

/** Where an attempt stands now. */
export async function stateOf(
  deps: InteractionDeps,
  ctx: RouterContext,
  { client, traits, requestedAuthentication: requested }: CurrentInteraction,
  account: Account,
  attempt: SignInAttempt,
): Promise<SignInState> {
  const { settings, secondFactors, deviceMemory } = deps.factors;
  const requirement = signInRequirement({
    settings,
    account,
    clientRequiresSecondFactor: traits.requireSecondFactor,
    requested,
  });
  const next = nextSignInStep({
    proofs: attempt.proofs,
    factors: await secondFactors(account.id),
    requirement,
    emailMissing: lacksVerifiedEmail(account, {
      clientId: client.clientId,
      byDeployment: deps.verifiedEmail.required,
      byClient: traits.requireVerifiedEmail,
    }),
    passwordTemporary: account.passwordTemporary ?? false,
    isRemembered: requirement.policy !== 'off' && (await deviceMemory.isRemembered(ctx, account.id)),
  });
  // A session of long ago adds no way to sign in: its owner proves first who they are, as in the account.
  const step: SignInStep =
    next.kind === 'enrol' && !isRecent(attempt, deps.clock) ? { kind: 'first_factor' } : next;
  return { account, attempt, requirement, step };
}
