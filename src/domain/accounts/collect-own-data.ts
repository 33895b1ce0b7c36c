import type { AuditReader } from '../audit/audit-log.js';
import { presentAuditEvent } from '../audit/present-audit-event.js';
import { listConnectedApps, type ListConnectedAppsDeps } from '../client-uses/list-connected-apps.js';
import type { Clock } from '../clock.js';
import type { JsonObject, JsonValue } from '../json.js';
import { listSessions } from '../sessions/list-sessions.js';
import { sessionInformation } from '../sessions/session.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { accountInformation } from './account-information.js';
import type { AccountStore } from './account-store.js';
import type { Account } from './account.js';
import { hasPassword } from './change-own-password.js';

export interface CollectOwnDataDeps extends ListConnectedAppsDeps {
  readonly accounts: Pick<AccountStore, 'findByLogin'>;
  readonly sessions: Pick<SessionStore, 'list'>;
  readonly auditReader: Pick<AuditReader, 'list'>;
  readonly unitOfWork: UnitOfWork<'audit'>;
  readonly clock: Clock;
  /** What other parts of the program keep of the account; never a secret. */
  readonly further: readonly {
    readonly name: string;
    readonly exported: (account: Account) => Promise<JsonValue>;
  }[];
}

const PAGE = 200;
/** Events of a lifetime; more would be a stranger's tries, not a person's doing. */
const MOST_EVENTS = 10_000;

/**
 * Collects what is stored about a person, for that person. No secret is among it: of a password only that there is one.
 * @see Regulation (EU) 2016/679 (GDPR) Art. 15 and 20
 */
export async function collectOwnData(deps: CollectOwnDataDeps, account: Account): Promise<JsonObject> {
  await deps.unitOfWork.run(({ audit }) => {
    audit.record({ type: 'user.exported', subject: { kind: 'user', id: account.id } });
    return Promise.resolve();
  });
  const [password, { sessions }, apps, consents, events, further] = await Promise.all([
    hasPassword(deps.accounts, account),
    listSessions(deps, { accountId: account.id, limit: PAGE }),
    listConnectedApps(deps, account.id),
    deps.consents.listAccount(account.id),
    ownEvents(deps, account.id),
    Promise.all(deps.further.map(async ({ name, exported }) => [name, await exported(account)] as const)),
  ]);
  return {
    collected_at: deps.clock.now().toISOString(),
    account: accountInformation(account),
    credentials: { password, ...Object.fromEntries(further) },
    sessions: sessions.map((session) => ({
      ...sessionInformation(session),
      device: session.device
        ? {
            user_agent: session.device.userAgent ?? null,
            network: session.device.network ?? null,
            seen_at: session.device.seenAt.toISOString(),
          }
        : null,
    })),
    connected_apps: apps.map((app) => ({
      client_id: app.clientId,
      name: app.name ?? null,
      scopes: app.scopes,
      resources: app.resourceScopes,
      since: app.since.toISOString(),
      last_used_at: app.lastUsedAt?.toISOString() ?? null,
      received: app.received,
    })),
    consents: consents.map(({ clientId, scopes, claims, resourceScopes, grantedAt }) => ({
      client_id: clientId,
      scopes,
      claims,
      resources: resourceScopes,
      granted_at: grantedAt.toISOString(),
    })),
    activity: events,
  };
}

/** What happened to the account. Who it was and where they sat is told only where it was the person. */
async function ownEvents({ auditReader }: CollectOwnDataDeps, id: string): Promise<readonly JsonObject[]> {
  const events: JsonObject[] = [];
  let before: number | undefined;
  do {
    const page = await auditReader.list({
      limit: PAGE,
      subjectId: id,
      ...(before !== undefined && { before }),
    });
    for (const event of page.events) {
      const isOther = ['user', 'operator', 'system'].includes(event.actor.kind) && event.actor.id !== id;
      const { sequence: _place, request_id: _request, ...told } = presentAuditEvent(event);
      events.push(
        isOther ? { ...told, actor: { kind: event.actor.kind }, address: null, user_agent: null } : told,
      );
    }
    before = page.next;
  } while (before !== undefined && events.length < MOST_EVENTS);
  return events;
}
