import type { RouterContext } from '@koa/router';
import { DomainError } from '../../domain/errors.js';
import { ACR_OF_LEVEL, amrOf } from '../../domain/sign-in/authentication-level.js';
import type { GivenProof, Proof } from '../../domain/sign-in/authentication-method.js';
import type { SignInStep } from '../../domain/sign-in/next-sign-in-step.js';
import { beginAttempt, isLive, signedInAt, withProof } from '../../domain/sign-in/sign-in-attempt.js';
import type { UpstreamSession } from '../../domain/upstream/upstream-session.js';
import type { CurrentInteraction } from '../../provider/interactions.js';
import { requestIdOf } from '../middlewares/request-id.js';
import { seeOther } from '../see-other.js';
import { beginEmailVerification } from './begin-email-verification.js';
import type { InteractionDeps } from './interaction-deps.js';
import { stateOf, type SignInState } from './sign-in-state.js';
import { completePendingLink } from './upstream-pending-link.js';
import { continueTo } from './with-interaction.js';

/**
 * Goes on after a person has proved something: to the next factor where one is needed, else back to the protocol. Every
 * way of signing in ends here, so that none can forget a step.
 * @throws {DomainError} `interaction_not_found` when the account cannot be used any more
 */
export async function proveFactor(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
  proof: Proof,
): Promise<void> {
  await advance(deps, ctx, interaction, await recordProof(deps, ctx, interaction, proof));
}

/**
 * Adds a proof to what this browser has proved, without going on; whoever calls it keeps the attempt. A proof of another
 * account than the attempt's begins anew.
 */
export async function recordProof(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
  proof: Proof,
): Promise<SignInState> {
  const { clock } = deps;
  const account = await deps.accounts.findById(proof.accountId);
  if (!account || account.disabled) {
    throw new DomainError('interaction_not_found', 'The account cannot be used any more.');
  }
  const kept = interaction.attempt;
  const before =
    kept && isLive(kept, account, clock) ? kept : beginAttempt(account, interaction.provenSession, clock);
  return stateOf(deps, ctx, interaction, account, withProof(before, proof, clock));
}

/** Where each step has its page, below the interaction. */
const STEP_PAGES: Readonly<Record<Exclude<SignInStep['kind'], 'done'>, string>> = {
  first_factor: '',
  challenge: '/second-factor',
  enrol: '/second-factor',
  change_password: '/new-password',
  verify_email: '/verify-email',
};

/** Leads to the step that comes next. There is a session only after the last one. */
export async function advance(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
  { account, attempt, step }: SignInState,
): Promise<void> {
  if (step.kind !== 'done') {
    const kept =
      step.kind === 'verify_email'
        ? await beginEmailVerification(deps, ctx, interaction, { account, attempt })
        : attempt;
    await deps.interactions.keepAttempt(ctx.req, ctx.res, kept);
    seeOther(ctx, `/interaction/${interaction.uid}${STEP_PAGES[step.kind]}`);
    return;
  }
  await completePendingLink(deps, ctx, interaction, account.id);
  const amr = amrOf(attempt.proofs);
  const continueUri = await deps.interactions.finishLogin(ctx.req, ctx.res, {
    accountId: account.id,
    amr,
    acr: ACR_OF_LEVEL[step.level],
    signedInAt: signedInAt(attempt),
    upstream: upstreamOf(attempt.proofs),
  });
  deps.logger.info('signed in', {
    requestId: requestIdOf(ctx),
    accountId: account.id,
    clientId: interaction.client.clientId,
  });
  continueTo(deps, ctx, interaction, continueUri);
}

/** Where another provider vouched for the person before, in the session that there is, it still does. */
function upstreamOf(proofs: readonly GivenProof[]): UpstreamSession | 'as_before' | undefined {
  const proof = proofs.find(({ method }) => method === 'upstream');
  return proof && (proof.upstream ?? 'as_before');
}
