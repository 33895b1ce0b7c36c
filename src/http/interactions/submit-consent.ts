import type { RouterContext } from '@koa/router';
import { denyConsent } from '../../domain/consents/deny-consent.js';
import { grantConsent } from '../../domain/consents/grant-consent.js';
import { DomainError } from '../../domain/errors.js';
import type { CurrentInteraction } from '../../provider/interactions.js';
import { originOf } from '../middlewares/audit-origin.js';
import { requestIdOf } from '../middlewares/request-id.js';
import type { InteractionDeps } from './interaction-deps.js';
import { showConsent } from './show-consent.js';
import { continueTo, readInteractionForm } from './with-interaction.js';

/** Answers the consent form. */
export async function submitConsent(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
): Promise<void> {
  const form = await readInteractionForm(deps, ctx, interaction);
  const { accountId, client, missing, requestedScopes } = interaction;
  if (interaction.prompt !== 'consent' || accountId === undefined) {
    throw new DomainError('interaction_not_found', 'This interaction does not ask for consent.');
  }
  const fields = { requestId: requestIdOf(ctx), accountId, clientId: client.clientId };
  const unitOfWork = deps.addingUnitsOfWork.from(originOf(ctx, { kind: 'user', id: accountId }));
  switch (form.get('decision')) {
    case 'allow': {
      const allowed = { ...missing, scopes: requestedScopes };
      const continueUri = await deps.interactions.finishConsent(ctx.req, ctx.res, allowed);
      await grantConsent(
        { unitOfWork, clock: deps.clock },
        { ...allowed, accountId, clientId: client.clientId },
        interaction.authorizationDetails?.map(({ type }) => type),
      );
      deps.logger.info('consent given', fields);
      continueTo(deps, ctx, interaction, continueUri);
      return;
    }
    case 'deny': {
      const description = 'End-User denied the request';
      const continueUri = await deps.interactions.abort(ctx.req, ctx.res, description);
      await denyConsent({ unitOfWork }, { accountId, clientId: client.clientId });
      deps.logger.info('consent denied', fields);
      continueTo(deps, ctx, interaction, continueUri);
      return;
    }
    default:
      await showConsent(deps, ctx, interaction);
  }
}
