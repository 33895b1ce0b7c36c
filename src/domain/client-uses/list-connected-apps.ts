import type { ClientDirectory } from '../clients/client-directory.js';
import { ACCOUNT_CLIENT_ID } from '../clients/account-client.js';
import type { JsonObject } from '../json.js';
import type { ConsentStore } from '../consents/consent-store.js';
import type { GrantStore } from '../grants/grant-store.js';
import type { Grant } from '../grants/grant.js';
import type { ClientUseStore } from './client-use-store.js';

export interface ListConnectedAppsDeps {
  readonly consents: Pick<ConsentStore, 'listAccount'>;
  readonly grants: Pick<GrantStore, 'list'>;
  readonly clientUses: Pick<ClientUseStore, 'listAccount'>;
  readonly clientDirectory: Pick<ClientDirectory, 'find'>;
}

/** An app that may use an account, by what its owner has allowed or by what it holds now. */
export interface ConnectedApp {
  readonly clientId: string;
  /** Absent: the client is gone, and what was allowed to it is still remembered. */
  readonly name: string | undefined;
  readonly uri: string | undefined;
  /** Scopes of this provider itself. */
  readonly scopes: readonly string[];
  /** Scopes of resource servers, by their identifier. */
  readonly resourceScopes: Readonly<Record<string, readonly string[]>>;
  /** When the person allowed it first of what is remembered. */
  readonly since: Date;
  readonly lastUsedAt: Date | undefined;
  /** What of the account it has received, under the names of the claims. */
  readonly received: JsonObject;
}

/** What one consent or one grant allows. */
type Allowed = Pick<Grant, 'clientId' | 'scopes' | 'resourceScopes' | 'grantedAt'>;

const PAGE = 200;

/**
 * Lists the apps that may use an account, ordered by name. The pages of the account itself are not among them.
 * @param accountId the account's id
 */
export async function listConnectedApps(
  deps: ListConnectedAppsDeps,
  accountId: string,
): Promise<readonly ConnectedApp[]> {
  const [consents, grants, uses] = await Promise.all([
    deps.consents.listAccount(accountId),
    allGrants(deps, accountId),
    deps.clientUses.listAccount(accountId),
  ]);
  const byClient = new Map<string, Allowed[]>();
  for (const allowed of [...consents, ...grants]) {
    if (allowed.clientId === ACCOUNT_CLIENT_ID) continue;
    byClient.set(allowed.clientId, [...(byClient.get(allowed.clientId) ?? []), allowed]);
  }
  const apps = await Promise.all(
    [...byClient].map(async ([clientId, allowed]): Promise<ConnectedApp> => {
      const client = await deps.clientDirectory.find(clientId);
      const use = uses.find((one) => one.clientId === clientId);
      const uri = client?.metadata['client_uri'];
      return {
        clientId,
        name: client?.name,
        uri: typeof uri === 'string' ? uri : undefined,
        ...joined(allowed),
        lastUsedAt: use?.lastUsedAt,
        received: use?.received ?? {},
      };
    }),
  );
  const nameOf = ({ name, clientId }: ConnectedApp): string => name ?? clientId;
  return apps.sort((one, other) => nameOf(one).localeCompare(nameOf(other)));
}

async function allGrants({ grants }: ListConnectedAppsDeps, accountId: string): Promise<readonly Grant[]> {
  const found: Grant[] = [];
  let after: string | undefined;
  do {
    const page = await grants.list({ limit: PAGE, accountId, ...(after !== undefined && { after }) });
    found.push(...(page?.grants ?? []));
    after = page?.next;
  } while (after !== undefined);
  return found;
}

function joined(allowed: readonly Allowed[]): Pick<ConnectedApp, 'scopes' | 'resourceScopes' | 'since'> {
  const resources = new Set(allowed.flatMap(({ resourceScopes }) => Object.keys(resourceScopes)));
  return {
    scopes: distinct(allowed.flatMap(({ scopes }) => scopes)),
    resourceScopes: Object.fromEntries(
      [...resources].map((resource) => [
        resource,
        distinct(allowed.flatMap(({ resourceScopes }) => resourceScopes[resource] ?? [])),
      ]),
    ),
    since: new Date(Math.min(...allowed.map(({ grantedAt }) => grantedAt.getTime()))),
  };
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
