import {
  allowedProviders,
  canSignInAfresh,
  type IdentityProvider,
} from '../../domain/upstream/identity-provider.js';
import type { CurrentInteraction } from '../../provider/interactions.js';
import type { UpstreamButton } from '../upstream-view-models.js';
import type { InteractionDeps } from './interaction-deps.js';

/** Why the person has to sign in now although they are signed in, in the library's words. */
const FRESH_REASONS: readonly string[] = ['login_prompt', 'max_age'];

/** Whether a session at another provider will not do. */
export function asksForFreshSignIn({ reasons }: Pick<CurrentInteraction, 'reasons'>): boolean {
  return reasons.some((reason) => FRESH_REASONS.includes(reason));
}

/** The other providers by which the person may sign in now. Nobody is asked for it. */
export function usableProviders(
  { upstream }: Pick<InteractionDeps, 'upstream'>,
  interaction: Pick<CurrentInteraction, 'reasons' | 'traits'>,
): readonly IdentityProvider[] {
  const allowed = allowedProviders(upstream?.providers ?? [], interaction.traits.identityProviders);
  return asksForFreshSignIn(interaction) ? allowed.filter(canSignInAfresh) : allowed;
}

/** Their buttons. */
export function upstreamButtons(
  deps: Pick<InteractionDeps, 'upstream'>,
  interaction: CurrentInteraction,
): readonly UpstreamButton[] {
  return usableProviders(deps, interaction).map(({ id, name }) => ({
    name,
    action: `/interaction/${interaction.uid}/upstream/${id}`,
  }));
}
