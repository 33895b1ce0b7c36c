import type { RouterContext } from '@koa/router';
import type { FieldFault } from '../../domain/errors.js';
import type { IdentityMeaning } from '../../domain/upstream/find-identity.js';
import type { CurrentInteraction } from '../../provider/interactions.js';
import type { InteractionDeps } from './interaction-deps.js';
import { csrfPurpose, pageSettings } from './with-interaction.js';

/** Asks whether the identity is to be linked with the account that has its address. */
export function showUpstreamLink(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
  { provider, email }: IdentityMeaning & { readonly kind: 'has_account' },
): void {
  const { uid } = interaction;
  deps.pages.show(
    ctx,
    'upstream-link',
    {
      action: `/interaction/${uid}/upstream-link`,
      csrf: deps.csrf.token(csrfPurpose(interaction)),
      providerName: provider.name,
      email,
      backUri: `/interaction/${uid}`,
    },
    pageSettings(interaction),
  );
}

/** Asks somebody new for their name, as the provider tells it. */
export function showUpstreamSignUp(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
  { provider, proven, email }: IdentityMeaning & { readonly kind: 'new' },
  last?: {
    readonly givenName: string;
    readonly familyName: string;
    readonly faults: readonly FieldFault[];
  },
): void {
  const { uid } = interaction;
  const { identity } = proven;
  // Some tell one name only; the person parts it if they like.
  const isNameless = identity.givenName === undefined && identity.familyName === undefined;
  deps.pages.show(
    ctx,
    'upstream-sign-up',
    {
      action: `/interaction/${uid}/upstream-sign-up`,
      csrf: deps.csrf.token(csrfPurpose(interaction)),
      providerName: provider.name,
      email,
      givenName: last?.givenName ?? identity.givenName ?? (isNameless ? identity.name : undefined) ?? '',
      familyName: last?.familyName ?? identity.familyName ?? '',
      faults: last?.faults ?? [],
      backUri: `/interaction/${uid}`,
    },
    pageSettings(interaction, last ? 422 : 200),
  );
}
