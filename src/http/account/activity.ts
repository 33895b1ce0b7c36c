import type { RouterContext } from '@koa/router';
import type { AuditEvent } from '../../domain/audit/audit-event.js';
import { placeOf } from '../../domain/sessions/place-of.js';
import type { AccountActivityView } from '../account-view-models.js';
import { accountPage } from './account-page.js';
import { deviceName } from './device-name.js';
import type { HomeAccountDeps } from './home-account-deps.js';

export const ACTIVITY_PATH = '/account/activity';

const PAGE = 20;

/** What happened to the account, page by page, the newest first. */
export async function showActivity(deps: HomeAccountDeps, ctx: RouterContext): Promise<void> {
  const signedIn = await deps.signedIn.require(ctx);
  if (!signedIn) return;
  const { account } = signedIn;
  const before = /^[1-9]\d{0,14}$/.exec(String(ctx.query['before']))?.[0];
  // Of the subject alone: what an administrator did to others is not what happened to their account.
  const { events, next } = await deps.auditReader.list({
    limit: PAGE,
    subjectId: account.id,
    ...(before !== undefined && { before: Number(before) }),
  });
  const names = await clientNames(deps, events);
  deps.pages.show(ctx, 'account-activity', {
    ...accountPage(ctx, signedIn),
    events: events.map((event) => toView(event, account.id, names)),
    olderUri: next === undefined ? undefined : `${ACTIVITY_PATH}?before=${next}`,
  });
}

async function clientNames(
  { connectedApps: { clientDirectory } }: HomeAccountDeps,
  events: readonly AuditEvent[],
): Promise<ReadonlyMap<string, string>> {
  const ids = new Set(events.flatMap(({ clientId }) => (clientId === undefined ? [] : [clientId])));
  const found = await Promise.all(
    [...ids].map(async (id) => [id, (await clientDirectory.find(id))?.name ?? id] as const),
  );
  return new Map(found);
}

function toView(
  event: AuditEvent,
  accountId: string,
  names: ReadonlyMap<string, string>,
): AccountActivityView['events'][number] {
  const { actor, clientId } = event;
  const byOther = actor.kind !== 'anonymous' && actor.kind !== 'client' && actor.id !== accountId;
  return {
    kind: event.type.replaceAll('.', '_'),
    at: event.at.toISOString(),
    byOther,
    clientName: clientId === undefined ? undefined : names.get(clientId),
    // Where an administrator sits is not the owner's business, nor is the server behind an app.
    ...(byOther || actor.kind === 'client'
      ? {}
      : { ...deviceName(event.userAgent), network: placeOf(event.address ?? '') }),
  };
}
