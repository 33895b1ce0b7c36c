import type { RouterContext } from '@koa/router';
import { findProvenIdentity } from '../../domain/upstream/find-identity.js';
import { linkIdentity } from '../../domain/upstream/link-identity.js';
import { UpstreamError } from '../../domain/upstream/upstream-error.js';
import type { ProvenIdentity } from '../../domain/upstream/upstream-request.js';
import type { CurrentInteraction } from '../../provider/interactions.js';
import { originOf } from '../middlewares/audit-origin.js';
import { requestIdOf } from '../middlewares/request-id.js';
import type { InteractionDeps } from './interaction-deps.js';

/** Which provider is linked once the person has signed in, where they wished for it. */
export async function pendingLinkProvider(
  { upstream }: Pick<InteractionDeps, 'upstream'>,
  ctx: RouterContext,
  interaction: Pick<CurrentInteraction, 'uid'>,
): Promise<string | undefined> {
  const ticket = upstream?.cookies.pendingLink.read(ctx);
  if (!upstream || ticket === undefined) return undefined;
  const proven = await findProvenIdentity(upstream, ticket);
  if (!proven || !isOf(proven, interaction) || proven.linkAccountId === undefined) return undefined;
  return upstream.providers.find(({ id }) => id === proven.identity.providerId)?.name;
}

/** The address of the identity that is linked once the person has signed in. */
export async function pendingLinkEmail(
  { upstream }: Pick<InteractionDeps, 'upstream'>,
  ctx: RouterContext,
): Promise<string | undefined> {
  const ticket = upstream?.cookies.pendingLink.read(ctx);
  if (!upstream || ticket === undefined) return undefined;
  return (await findProvenIdentity(upstream, ticket))?.identity.email;
}

/**
 * Links the identity that waits for it with the account that was proved just now, in full. Anything else than the account
 * that the person was told of stays without a link; the sign-in goes on either way.
 */
export async function completePendingLink(
  deps: Pick<InteractionDeps, 'upstream' | 'logger' | 'unitsOfWork'>,
  ctx: RouterContext,
  interaction: CurrentInteraction,
  accountId: string,
): Promise<void> {
  const { upstream } = deps;
  const ticket = upstream?.cookies.pendingLink.read(ctx);
  if (!upstream || ticket === undefined) return;
  const user = { kind: 'user', id: accountId } as const;
  const fields = { requestId: requestIdOf(ctx), accountId, clientId: interaction.client.clientId };
  try {
    await linkIdentity({ ...upstream, unitOfWork: deps.unitsOfWork.from(originOf(ctx, user)) }, user, {
      ticket,
      isMeant: (proven) => isOf(proven, interaction) && proven.linkAccountId === accountId,
    });
    deps.logger.info('account linked', fields);
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    deps.logger.warn('account not linked', { ...fields, errorCode: error.fault });
  }
  upstream.cookies.pendingLink.clear(ctx, `/interaction/${interaction.uid}`);
}

function isOf({ purpose }: ProvenIdentity, { uid }: Pick<CurrentInteraction, 'uid'>): boolean {
  return purpose.kind === 'sign_in' && purpose.interactionUid === uid;
}
