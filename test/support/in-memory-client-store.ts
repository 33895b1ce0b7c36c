import type { Client } from '../../src/domain/clients/client.js';
import type { ClientStore } from '../../src/domain/clients/client-store.js';
import { DomainError } from '../../src/domain/errors.js';

/** A client store without a database, for tests of use cases. */
export function createInMemoryClientStore(initial: readonly Client[] = []): ClientStore {
  const byId = new Map(initial.map((client) => [client.clientId, client]));
  const existing = (clientId: string): Client => {
    const client = byId.get(clientId);
    if (client === undefined) throw new DomainError('not_found', `There is no client ${clientId}.`);
    return client;
  };
  const find = (clientId: string): Promise<Client | undefined> => Promise.resolve(byId.get(clientId));

  return {
    find,
    findForUpdate: find,
    list: ({ limit, after = '' }) => {
      const ordered = [...byId.values()]
        .filter((client) => client.clientId > after)
        .sort((one, other) => (one.clientId < other.clientId ? -1 : 1));
      const clients = ordered.slice(0, limit);
      return Promise.resolve({
        clients,
        next: ordered.length > limit ? clients.at(-1)?.clientId : undefined,
      });
    },
    insert: async (client) => {
      await Promise.resolve();
      if (byId.has(client.clientId)) {
        throw new DomainError('already_exists', `There is a client ${client.clientId} already.`, [
          { field: 'client_id', code: 'taken', detail: `client_id ${client.clientId} is taken.` },
        ]);
      }
      byId.set(client.clientId, client);
    },
    update: async (client) => {
      await Promise.resolve();
      const { secrets, createdAt } = existing(client.clientId);
      byId.set(client.clientId, { ...client, secrets, createdAt });
    },
    remove: (clientId) => Promise.resolve(byId.delete(clientId)),
    addSecret: async (clientId, secret) => {
      await Promise.resolve();
      const client = existing(clientId);
      byId.set(clientId, {
        ...client,
        secrets: [...client.secrets, secret],
        updatedAt: secret.createdAt,
      });
    },
    removeSecret: async (clientId, secretId) => {
      await Promise.resolve();
      const client = byId.get(clientId);
      const secrets = client?.secrets.filter(({ id }) => id !== secretId) ?? [];
      if (client === undefined || secrets.length === client.secrets.length) return false;
      byId.set(clientId, { ...client, secrets });
      return true;
    },
    expireSecrets: async (clientId, expiresAt, exceptId) => {
      await Promise.resolve();
      const client = byId.get(clientId);
      if (client === undefined) return;
      const secrets = client.secrets.map((secret) => {
        const endsEarlier = secret.expiresAt !== undefined && secret.expiresAt <= expiresAt;
        return secret.id === exceptId || endsEarlier ? secret : { ...secret, expiresAt };
      });
      byId.set(clientId, { ...client, secrets });
    },
    removeExpiredSecrets: async (clientId, at) => {
      await Promise.resolve();
      const client = byId.get(clientId);
      if (client === undefined) return;
      const secrets = client.secrets.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > at);
      byId.set(clientId, { ...client, secrets });
    },
  };
}
