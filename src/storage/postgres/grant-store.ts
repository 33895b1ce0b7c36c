import type { Knex } from 'knex';
import type { Clock } from '../../domain/clock.js';
import type { Grant } from '../../domain/grants/grant.js';
import type { GrantStore } from '../../domain/grants/grant-store.js';
import type { JsonValue } from '../../domain/json.js';
import type { ArtifactCodec } from './artifact-codec.js';
import { listArtifacts, membersOf, openReading, textsOf, type ArtifactReading } from './artifact-reader.js';

/** Bindings: account, client. Served by artifacts_account_id_index, artifacts_grant_id_index. */
const REVOKE = `
  with roots as (
    delete from artifacts where account_id = ? and client_id = ? and model = 'Grant' returning id
  ), dependents as (delete from artifacts where grant_id in (select id from roots) returning 1)
  select count(*)::int4 as revoked from roots`;

/** Bindings: clients, now. Served by artifacts_client_id_index. */
const LIST_ACCOUNTS = `
  select distinct account_id from artifacts
  where client_id = any (?) and model = 'Grant' and account_id is not null and (expires_at is null or expires_at > ?)`;

export interface GrantStoreOptions {
  readonly codec: Pick<ArtifactCodec, 'toArtifact'>;
  readonly clock: Clock;
}

/**
 * The grants among the artifacts, opened for those who administer them.
 * @param knex the pool, or the transaction of a unit of work
 */
export function createGrantStore(knex: Knex, { codec, clock }: GrantStoreOptions): GrantStore {
  const toGrant = (row: ArtifactReading): Grant => {
    const { openid, resources } = openReading(codec, row);
    const { scope, claims } = membersOf(openid);
    return {
      id: row.id.toString('base64url'),
      accountId: row.account_id,
      clientId: row.client_id ?? '',
      scopes: words(scope),
      claims: textsOf(claims),
      resourceScopes: Object.fromEntries(
        Object.entries(membersOf(resources)).map(([identifier, scopes]) => [identifier, words(scopes)]),
      ),
      grantedAt: row.created_at,
      expiresAt: row.expires_at ?? undefined,
    };
  };

  return {
    async list({ limit, after, accountId, clientId }) {
      const page = await listArtifacts(knex, clock, { model: 'Grant', limit, after, accountId, clientId });
      return page && { grants: page.rows.map(toGrant), next: page.next };
    },

    async revoke(accountId, clientId) {
      const { rows } = await knex.raw<{ rows: { revoked: number }[] }>(REVOKE, [accountId, clientId]);
      return rows[0]?.revoked ?? 0;
    },

    async listAccounts(clientIds) {
      const { rows } = await knex.raw<{ rows: { account_id: string }[] }>(LIST_ACCOUNTS, [
        [...clientIds],
        clock.now(),
      ]);
      return rows.map((row) => row.account_id);
    },
  };
}

function words(scope: JsonValue | undefined): readonly string[] {
  return typeof scope === 'string' ? scope.split(' ').filter((word) => word !== '') : [];
}
