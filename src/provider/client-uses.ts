import { createHash } from 'node:crypto';
import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { ACCOUNT_CLIENT_ID } from '../domain/clients/account-client.js';
import type { ClientUseStore } from '../domain/client-uses/client-use-store.js';
import type { JsonObject } from '../domain/json.js';
import type { Clock } from '../domain/clock.js';
import { errorFields, type Logger } from '../observability/logger.js';

/** Milliseconds within which further uses are not taken down. */
const SAME_USE_MS = 60 * 60 * 1000;
/** Pairs of account and client of which a process remembers that it took one down lately. */
const MOST_REMEMBERED = 10_000;

export interface ClientUseDeps {
  readonly clientUses: Pick<ClientUseStore, 'record'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Takes uses of accounts by clients down.
 * @param received what of the account the client gets by it
 */
export type NoteClientUse = (accountId: string, clientId: string, received?: JsonObject) => void;

/**
 * Takes uses down once an hour at most, unless something else was received, beside the answer and not in its way: one that is lost is not missed. Several
 * providers of one process, as new keys bring them, share what was noted.
 */
export function createNoteClientUse({ clientUses, clock, logger }: ClientUseDeps): NoteClientUse {
  const noted = new Map<string, number>();
  return (accountId, clientId, received) => {
    const at = clock.now();
    // Another value, of a claim that has changed, is another thing to take down.
    const content = received && createHash('sha256').update(JSON.stringify(received)).digest('base64');
    const name = `${accountId} ${clientId} ${content ?? ''}`;
    if (at.getTime() - (noted.get(name) ?? -Infinity) < SAME_USE_MS) return;
    const [oldest] = noted.keys();
    if (noted.size >= MOST_REMEMBERED && oldest !== undefined) noted.delete(oldest);
    noted.delete(name);
    noted.set(name, at.getTime());
    clientUses
      .record({ accountId, clientId, lastUsedAt: at, ...(received && { received }) })
      .catch((error: unknown) => {
        noted.delete(name);
        logger.warn('use of an account not taken down', errorFields(error));
      });
  };
}

/** An app uses an account when a person comes to it by a sign-in, and when it gets tokens. */
export function noteClientUses(provider: Provider, note: NoteClientUse): void {
  const used = ({ oidc: { account, client } }: KoaContextWithOIDC): void => {
    if (account && client && client.clientId !== ACCOUNT_CLIENT_ID) note(account.accountId, client.clientId);
  };
  provider.on('authorization.success', used);
  provider.on('grant.success', used);
}
