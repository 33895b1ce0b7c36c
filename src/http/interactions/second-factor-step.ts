import type { RouterContext } from '@koa/router';
import type { SignInRequirement } from '../../domain/sign-in/sign-in-requirement.js';
import type { CurrentInteraction } from '../../provider/interactions.js';
import type { SecondFactorReason } from '../factors-view-models.js';
import { seeOther } from '../see-other.js';
import { accountLabel } from './account-label.js';
import type { InteractionDeps } from './interaction-deps.js';
import { advance } from './prove-factor.js';
import { findSignInState, type SignInState } from './sign-in-state.js';
import { csrfPurpose } from './with-interaction.js';

/** One request within a second step, whichever it is. */
export interface AnySecondStep {
  readonly interaction: CurrentInteraction;
  readonly state: SignInState;
}

/** One request within a second step of one kind. */
export interface SecondStep<Kind extends SignInState['step']['kind'] = SignInState['step']['kind']> {
  readonly interaction: CurrentInteraction;
  readonly state: SignInState & { readonly step: Extract<SignInState['step'], { readonly kind: Kind }> };
}

export function secondFactorPath({ uid }: Pick<CurrentInteraction, 'uid'>, page = ''): string {
  return `/interaction/${uid}/second-factor${page}`;
}

/**
 * Finds the step that a page or form is for. Where the sign-in stands elsewhere, whatever the address says, it leads
 * there: no step can be skipped or answered out of turn.
 * @returns undefined when that was the answer
 */
export async function atStep<Kind extends 'challenge' | 'enrol' | 'change_password' | 'verify_email'>(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
  kind: Kind,
): Promise<SecondStep<Kind> | undefined> {
  const state = await findSignInState(deps, ctx, interaction);
  if (state?.step.kind === kind) return { interaction, state: state as SecondStep<Kind>['state'] };
  if (state?.step.kind === 'done') await advance(deps, ctx, interaction, state);
  else seeOther(ctx, state ? secondFactorPath(interaction) : `/interaction/${interaction.uid}`);
  return undefined;
}

/** What every page of a second step says. */
export function stepModel(deps: InteractionDeps, { interaction, state }: AnySecondStep, page: string) {
  return {
    action: secondFactorPath(interaction, page),
    csrf: deps.csrf.token(csrfPurpose(interaction)),
    clientName: interaction.client.name,
    account: { label: accountLabel(state.account) },
    reason: reasonOf(state),
    cancelAction: secondFactorPath(interaction, '/abort'),
    switchAccountAction: secondFactorPath(interaction, '/switch'),
  };
}

function reasonOf({ requirement, step }: SignInState): SecondFactorReason {
  if (isByClient(requirement)) return 'client';
  return requirement.policy === 'required' || step.kind === 'enrol' ? 'policy' : 'own';
}

/** Whether the app asks for more than its operator's policy. */
export function isByClient({ demanded, preferred }: SignInRequirement): boolean {
  return (demanded ?? 'single') !== 'single' || preferred.some((level) => level !== 'single');
}
