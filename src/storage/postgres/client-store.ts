import type { Knex } from 'knex';
import type { Client, ClientSecret, ClientType } from '../../domain/clients/client.js';
import type { ClientStore } from '../../domain/clients/client-store.js';
import { DomainError } from '../../domain/errors.js';
import type { JsonObject } from '../../domain/json.js';
import { notifyChange } from './change-feed.js';

interface ClientRow {
  readonly client_id: string;
  readonly name: string;
  readonly type: ClientType;
  readonly redirect_uris: string[];
  readonly post_logout_redirect_uris: string[];
  readonly backchannel_logout_uri: string | null;
  readonly scopes: string[];
  readonly resources: string[];
  readonly allowed_origins: string[];
  readonly allowed_roles: string[];
  readonly allowed_groups: string[];
  readonly first_party: boolean;
  readonly require_second_factor: boolean;
  readonly require_verified_email: boolean;
  readonly identity_providers: string[] | null;
  readonly metadata: JsonObject;
  readonly self_registered: boolean;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly secrets: readonly SecretRow[] | null;
}

interface SecretRow {
  readonly id: string;
  readonly hash: string;
  readonly created_at: string;
  readonly expires_at: string | null;
}

/** A client with its secrets in one row: one round trip at every look-up. */
const SELECT = `
  select clients.*, (
    select jsonb_agg(
      jsonb_build_object('id', id, 'hash', hash, 'created_at', created_at, 'expires_at', expires_at)
      order by created_at, id
    )
    from client_secrets
    where client_secrets.client_id = clients.client_id
  ) as secrets
  from clients`;

const UNIQUE_VIOLATION = '23505';

/**
 * Clients in PostgreSQL. Every write tells the change feed in its own transaction, so that caches hear of it when it
 * holds, and not before.
 * @param knex the pool, or the transaction of a unit of work
 */
export function createClientStore(knex: Knex): ClientStore {
  const find = async (clientId: string): Promise<Client | undefined> => {
    if (!mayBeClientId(clientId)) return undefined;
    const { rows } = await knex.raw<{ rows: ClientRow[] }>(`${SELECT} where client_id = ?`, [clientId]);
    return rows[0] && toClient(rows[0]);
  };
  const write = <Result>(clientId: string, work: (transaction: Knex) => Promise<Result>): Promise<Result> =>
    knex.transaction(async (transaction) => {
      const result = await work(transaction);
      await notifyChange(transaction, 'client', clientId);
      return result;
    });

  return {
    find,

    async findForUpdate(clientId) {
      if (!mayBeClientId(clientId)) return undefined;
      // A statement of its own: after waiting for the lock, the secrets too must be read as they are by then.
      await knex.raw('select from clients where client_id = ? for update', [clientId]);
      return find(clientId);
    },

    async list({ limit, after }) {
      const sql = `${SELECT} where client_id > ? order by client_id limit ?`;
      const { rows } = await knex.raw<{ rows: ClientRow[] }>(sql, [withoutNul(after ?? ''), limit + 1]);
      const clients = rows.slice(0, limit).map(toClient);
      return { clients, next: rows.length > limit ? clients.at(-1)?.clientId : undefined };
    },

    async insert(client) {
      try {
        await write(client.clientId, async (transaction) => {
          await transaction('clients').insert({
            client_id: client.clientId,
            ...toColumns(client),
            self_registered: client.selfRegistered ?? false,
            created_at: client.createdAt,
          });
          if (client.secrets.length === 0) return;
          await transaction('client_secrets').insert(
            client.secrets.map((secret) => toSecretColumns(client.clientId, secret)),
          );
        });
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        throw new DomainError('already_exists', `There is a client ${client.clientId} already.`, [
          {
            field: 'client_id',
            code: 'taken',
            detail: `client_id ${client.clientId} is taken; choose another one.`,
          },
        ]);
      }
    },

    update: (client) =>
      write(client.clientId, async (transaction) => {
        const count = await transaction('clients')
          .where({ client_id: client.clientId })
          .update(toColumns(client));
        if (count === 0) throw notFound(client.clientId);
      }),

    remove: (clientId) =>
      write(clientId, async (transaction) => {
        const count = await transaction('clients').where({ client_id: clientId }).delete();
        return count > 0;
      }),

    addSecret: (clientId, secret) =>
      write(clientId, async (transaction) => {
        // Writing the client's row makes parallel rotations follow one another, so that each ends the one before it.
        const count = await transaction('clients')
          .where({ client_id: clientId })
          .update({ updated_at: secret.createdAt });
        if (count === 0) throw notFound(clientId);
        await transaction('client_secrets').insert(toSecretColumns(clientId, secret));
      }),

    removeSecret: (clientId, secretId) =>
      write(clientId, async (transaction) => {
        // As text: whatever somebody sends as an id names no secret rather than being refused by the database.
        const count = await transaction('client_secrets')
          .where({ client_id: clientId })
          .andWhereRaw('id::text = ?', [withoutNul(secretId)])
          .delete();
        return count > 0;
      }),

    expireSecrets: (clientId, expiresAt, exceptId) =>
      write(clientId, async (transaction) => {
        const secrets = transaction('client_secrets').where({ client_id: clientId });
        if (exceptId !== undefined) void secrets.andWhereNot({ id: exceptId });
        await secrets
          .andWhere((later) => {
            void later.whereNull('expires_at').orWhere('expires_at', '>', expiresAt);
          })
          .update({ expires_at: expiresAt });
      }),

    removeExpiredSecrets: (clientId, at) =>
      write(clientId, async (transaction) => {
        await transaction('client_secrets')
          .where({ client_id: clientId })
          .andWhere('expires_at', '<=', at)
          .delete();
      }),
  };
}

function toClient(row: ClientRow): Client {
  return {
    clientId: row.client_id,
    name: row.name,
    type: row.type,
    redirectUris: row.redirect_uris,
    postLogoutRedirectUris: row.post_logout_redirect_uris,
    backchannelLogoutUri: row.backchannel_logout_uri ?? undefined,
    scopes: row.scopes,
    resources: row.resources,
    allowedOrigins: row.allowed_origins,
    allowedRoles: row.allowed_roles,
    allowedGroups: row.allowed_groups,
    firstParty: row.first_party,
    requireSecondFactor: row.require_second_factor,
    requireVerifiedEmail: row.require_verified_email,
    identityProviders: row.identity_providers ?? undefined,
    metadata: row.metadata,
    secrets: (row.secrets ?? []).map((secret) => ({
      id: secret.id,
      hash: secret.hash,
      createdAt: new Date(secret.created_at),
      expiresAt: secret.expires_at === null ? undefined : new Date(secret.expires_at),
    })),
    source: 'database',
    ...(row.self_registered && { selfRegistered: true }),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function toColumns(client: Client) {
  return {
    name: client.name,
    type: client.type,
    redirect_uris: client.redirectUris,
    post_logout_redirect_uris: client.postLogoutRedirectUris,
    backchannel_logout_uri: client.backchannelLogoutUri ?? null,
    scopes: client.scopes,
    resources: client.resources,
    allowed_origins: client.allowedOrigins,
    allowed_roles: client.allowedRoles,
    allowed_groups: client.allowedGroups,
    first_party: client.firstParty,
    require_second_factor: client.requireSecondFactor,
    require_verified_email: client.requireVerifiedEmail,
    identity_providers: client.identityProviders ?? null,
    metadata: JSON.stringify(client.metadata),
    updated_at: client.updatedAt,
  };
}

function toSecretColumns(clientId: string, secret: ClientSecret) {
  return {
    id: secret.id,
    client_id: clientId,
    hash: secret.hash,
    created_at: secret.createdAt,
    expires_at: secret.expiresAt ?? null,
  };
}

function notFound(clientId: string): DomainError {
  return new DomainError('not_found', `There is no client ${JSON.stringify(clientId)}.`);
}

/** Anybody may send any `client_id`; one that PostgreSQL could not even read as text names no client. */
function mayBeClientId(clientId: string): boolean {
  return clientId.length <= 200 && !clientId.includes('\0');
}

function withoutNul(text: string): string {
  return text.replaceAll('\0', '');
}

function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION;
}
