import type { RouterContext } from '@koa/router';
import { DomainError } from '../../domain/errors.js';
import { findIdentity, type IdentityMeaning } from '../../domain/upstream/find-identity.js';
import { signInByUpstream } from '../../domain/upstream/sign-in-by-upstream.js';
import { signUpByUpstream } from '../../domain/upstream/sign-up-by-upstream.js';
import { UpstreamError } from '../../domain/upstream/upstream-error.js';
import { keepForSignOut } from '../../domain/upstream/sign-out-ticket.js';
import { hashSid } from '../../domain/upstream/upstream-session.js';
import { wishLink } from '../../domain/upstream/wish-link.js';
import type { CurrentInteraction } from '../../provider/interactions.js';
import { originOf } from '../middlewares/audit-origin.js';
import { requestIdOf } from '../middlewares/request-id.js';
import { goUpstream } from '../upstream/go-upstream.js';
import { signOutPath } from '../upstream/sign-out-link.js';
import { showFailure } from '../upstream/show-failure.js';
import type { UpstreamDeps } from '../upstream/upstream-deps.js';
import { seeOther } from '../see-other.js';
import type { InteractionDeps } from './interaction-deps.js';
import { proveFactor } from './prove-factor.js';
import { showLogin } from './show-login.js';
import { asksForFreshSignIn, usableProviders } from './upstream-buttons.js';
import { pendingLinkEmail } from './upstream-pending-link.js';
import { showUpstreamLink, showUpstreamSignUp } from './upstream-pages.js';
import { readInteractionForm } from './with-interaction.js';

type Step = (deps: InteractionDeps, ctx: RouterContext, interaction: CurrentInteraction) => Promise<void>;

/** What an identity means in this interaction, and the secret that stands for it. */
interface Arrival {
  readonly upstream: UpstreamDeps;
  readonly ticket: string;
  readonly meaning: IdentityMeaning;
}

/** Sends the person to another provider. */
export const beginUpstreamSignIn: Step = async (deps, ctx, interaction) => {
  await readInteractionForm(deps, ctx, interaction);
  const { provider: id } = ctx.params as { readonly provider?: string };
  const provider = usableProviders(deps, interaction).find((one) => one.id === id);
  const { upstream } = deps;
  if (!provider || !upstream) return showLogin(deps, ctx, interaction);
  const { uid, client, loginHint, uiLocales, display } = interaction;
  await failing(deps, ctx, interaction, provider.name, () =>
    goUpstream(upstream, ctx, provider, {
      purpose: { kind: 'sign_in', interactionUid: uid, clientId: client.clientId },
      fresh: asksForFreshSignIn(interaction),
      loginHint,
      uiLocales,
      display,
    }),
  );
};

/** Goes on after the person came back with an identity. */
export const showUpstreamArrival: Step = (deps, ctx, interaction) =>
  arriving(deps, ctx, interaction, async (arrival) => {
    const { meaning } = arrival;
    if (meaning.kind === 'has_account') showUpstreamLink(deps, ctx, interaction, meaning);
    else if (meaning.kind === 'new') showUpstreamSignUp(deps, ctx, interaction, meaning);
    else await signIn(deps, ctx, interaction, { ...arrival, meaning });
  });

/** Notes that the identity is to be linked, and asks for the account that it is linked with. */
export const submitUpstreamLink: Step = (deps, ctx, interaction) =>
  arriving(deps, ctx, interaction, async ({ upstream, ticket, meaning }) => {
    await readInteractionForm(deps, ctx, interaction);
    if (meaning.kind !== 'has_account') {
      redirectToArrival(ctx, interaction);
      return;
    }
    const unitOfWork = deps.unitsOfWork.from(originOf(ctx));
    const next = await wishLink({ ...upstream, unitOfWork }, ticket, meaning.account.id);
    const path = `/interaction/${interaction.uid}`;
    upstream.cookies.identity.clear(ctx, path);
    upstream.cookies.pendingLink.give(ctx, path, next);
    seeOther(ctx, `${path}/upstream-proof`);
  });

/** The login page, for the account that is linked afterwards. */
export const showUpstreamProof: Step = async (deps, ctx, interaction) => {
  const identifier = await pendingLinkEmail(deps, ctx);
  await showLogin(deps, ctx, interaction, {
    switchAccount: true,
    ...(identifier === undefined ? {} : { identifier }),
  });
};

/** Makes the account of somebody who signs in for the first time. */
export const submitUpstreamSignUp: Step = (deps, ctx, interaction) =>
  arriving(deps, ctx, interaction, async ({ upstream, ticket, meaning }) => {
    const form = await readInteractionForm(deps, ctx, interaction);
    if (meaning.kind !== 'new') {
      redirectToArrival(ctx, interaction);
      return;
    }
    const input = { givenName: form.get('given_name') ?? '', familyName: form.get('family_name') ?? '' };
    try {
      const account = await signUpByUpstream(
        { ...upstream, unitOfWork: deps.unitsOfWork.from(originOf(ctx)) },
        ticket,
        meaning,
        input,
      );
      deps.logger.info('signed up', { requestId: requestIdOf(ctx), accountId: account.id });
      await goOn(deps, ctx, interaction, { upstream, ticket, meaning }, account.id);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      // The address got an account a moment ago: it can be linked now.
      if (error.code === 'already_exists') {
        redirectToArrival(ctx, interaction);
        return;
      }
      if (error.code !== 'invalid_input') throw error;
      showUpstreamSignUp(deps, ctx, interaction, meaning, { ...input, faults: error.faults });
    }
  });

async function signIn(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
  arrival: Arrival & { readonly meaning: IdentityMeaning & { readonly kind: 'linked' } },
): Promise<void> {
  const { ticket, meaning } = arrival;
  const { clock } = deps;
  await signInByUpstream({ clock, unitOfWork: deps.unitsOfWork.from(originOf(ctx)) }, ticket, meaning);
  await goOn(deps, ctx, interaction, arrival, meaning.account.id);
}

async function goOn(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
  { upstream, meaning }: Arrival,
  accountId: string,
): Promise<void> {
  const { provider, proven } = meaning;
  upstream.cookies.identity.clear(ctx, `/interaction/${interaction.uid}`);
  const { identity } = proven;
  if (provider.logout) {
    upstream.cookies.lastProvider.give(ctx, '/session', provider.id);
    if (identity.idToken !== undefined) {
      const ticket = await keepForSignOut(upstream, provider, identity.idToken);
      upstream.cookies.signOut.give(ctx, signOutPath(provider.id), ticket);
    }
  }
  if (identity.sid !== undefined) {
    const expiresAt = new Date(deps.clock.now().getTime() + upstream.sessionSeconds * 1000);
    await upstream.sids.note(hashSid(provider.id, identity.sid), accountId, expiresAt);
  }
  await proveFactor(deps, ctx, interaction, {
    method: 'upstream',
    accountId,
    amr: ['fed', ...(provider.trustAmr ? identity.amr : [])],
    upstream: {
      providerId: provider.id,
      issuer: identity.issuer,
      subject: identity.subject,
      sid: identity.sid,
    },
  });
}

/** Runs a step with the identity that this browser came back with. */
async function arriving(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
  step: (arrival: Arrival) => Promise<void>,
): Promise<void> {
  const { upstream } = deps;
  const ticket = upstream?.cookies.identity.read(ctx);
  // Nobody came back, or a page of before is loaded again.
  if (!upstream || ticket === undefined) return showLogin(deps, ctx, interaction);
  await failing(deps, ctx, interaction, undefined, async () => {
    const { uid, traits } = interaction;
    const meaning = await findIdentity(upstream, ticket, {
      uid,
      identityProviders: traits.identityProviders,
    });
    await step({ upstream, ticket, meaning });
  });
}

/** Shows a page where the sign-in does not go on. */
async function failing(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
  providerName: string | undefined,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    const { uid, uiLocales, display } = interaction;
    showFailure(deps, ctx, error, {
      providerName: providerName ?? '',
      backUri: `/interaction/${uid}`,
      back: 'sign_in',
      uiLocales,
      display,
    });
  }
}

function redirectToArrival(ctx: RouterContext, { uid }: CurrentInteraction): void {
  seeOther(ctx, `/interaction/${uid}/upstream`);
}
