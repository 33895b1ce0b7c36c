import type { RouterContext } from '@koa/router';
import { DomainError } from '../../domain/errors.js';
import type { CurrentInteraction } from '../../provider/interactions.js';
import { readForm } from '../form-body.js';
import { logoPath } from '../logos.js';
import { showPagesFor } from '../page-client.js';
import type { InteractionDeps } from './interaction-deps.js';

/**
 * Runs a step of the interaction that path and cookie agree on. One that is over, finished in another tab or gone back
 * to ends in a page with a way on.
 */
export async function withInteraction(
  deps: InteractionDeps,
  ctx: RouterContext,
  step: (interaction: CurrentInteraction) => Promise<void>,
): Promise<void> {
  try {
    const interaction = await deps.interactions.current(ctx.req, ctx.res, uidOf(ctx));
    showPagesFor(ctx, { look: interaction.client.look, logoPath: await logoOf(deps, interaction) });
    await step(interaction);
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'interaction_not_found') throw error;
    const startAgainUri = deps.restartCookie.recall(ctx);
    deps.pages.show(ctx, 'interaction-expired', { startAgainUri }, { status: 400 });
  }
}

/** A page without a logo is better than none. */
async function logoOf(
  { clientLogos }: Pick<InteractionDeps, 'clientLogos'>,
  { client }: CurrentInteraction,
): Promise<string | undefined> {
  const logo = await clientLogos.find(client.clientId).catch(() => undefined);
  return logo && logoPath(logo);
}

/** Goes on with the protocol, by a page in between: see `ContinueView`. */
export function continueTo(
  deps: Pick<InteractionDeps, 'pages'>,
  ctx: RouterContext,
  interaction: CurrentInteraction,
  continueUri: string,
): void {
  const model = { continueUri, clientName: interaction.client.name };
  deps.pages.show(ctx, 'continue', model, pageSettings(interaction));
}

function uidOf(ctx: RouterContext): string {
  const { uid } = ctx.params as { readonly uid?: string };
  return uid ?? '';
}

/** Reads a form of an interaction's pages. @throws {DomainError} `form_rejected` when it came from elsewhere */
export async function readInteractionForm(
  { csrf }: Pick<InteractionDeps, 'csrf'>,
  ctx: RouterContext,
  interaction: Pick<CurrentInteraction, 'uid'>,
): Promise<ReadonlyMap<string, string>> {
  const form = await readForm(ctx);
  csrf.check(ctx, csrfPurpose(interaction), form.get('csrf'));
  return form;
}

/** How the pages of an interaction are shown. */
export function pageSettings({ display, uiLocales }: CurrentInteraction, status = 200) {
  return { status, display, uiLocales };
}

/** What the form's token is bound to. */
export function csrfPurpose({ uid }: { readonly uid: string }): string {
  return `interaction ${uid}`;
}
