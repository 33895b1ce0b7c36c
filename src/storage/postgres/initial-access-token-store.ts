import type { Knex } from 'knex';
import type {
  InitialAccessToken,
  InitialAccessTokenStore,
} from '../../domain/client-registration/initial-access-token.js';
import type { PolicyPart } from '../../domain/client-registration/registration-policy.js';

interface InitialAccessTokenRow {
  id: string;
  token_hash: Buffer;
  name: string;
  policy: PolicyPart;
  max_uses: number;
  uses: number;
  created_at: Date;
  expires_at: Date;
  last_used_at: Date | null;
}

const TABLE = 'initial_access_tokens';

/** The row stays locked until the transaction ends, so that uses are counted one after the other. */
const USE = `
  update ${TABLE} set uses = uses + 1, last_used_at = :at
  where token_hash = :tokenHash and uses < max_uses and expires_at > :at
  returning *`;

/** Initial access tokens, by the hashes of their texts. */
export function createInitialAccessTokenStore(knex: Knex): InitialAccessTokenStore {
  return {
    async insert(token, tokenHash) {
      await knex(TABLE).insert({
        id: token.id,
        token_hash: tokenHash,
        name: token.name,
        policy: JSON.stringify(token.policy),
        max_uses: token.maxUses,
        uses: token.uses,
        created_at: token.createdAt,
        expires_at: token.expiresAt,
        last_used_at: token.lastUsedAt ?? null,
      });
    },
    async findLive(tokenHash, at) {
      const row = await knex<InitialAccessTokenRow>(TABLE)
        .where({ token_hash: tokenHash })
        .andWhere('expires_at', '>', at)
        .andWhereRaw('uses < max_uses')
        .first();
      return row && toToken(row);
    },
    async use(tokenHash, at) {
      const { rows } = await knex.raw<{ rows: InitialAccessTokenRow[] }>(USE, { tokenHash, at });
      return rows[0] && toToken(rows[0]);
    },
    async list({ limit, after }) {
      const found = knex<InitialAccessTokenRow>(TABLE).orderBy('id').limit(limit);
      return (await (after === undefined ? found : found.where('id', '>', after))).map(toToken);
    },
    async remove(id) {
      const [row] = await knex<InitialAccessTokenRow>(TABLE).where({ id }).delete('*');
      return row && toToken(row);
    },
    purge: (before) => knex<InitialAccessTokenRow>(TABLE).where('expires_at', '<', before).delete(),
  };
}

function toToken(row: InitialAccessTokenRow): InitialAccessToken {
  return {
    id: row.id,
    name: row.name,
    policy: row.policy,
    maxUses: row.max_uses,
    uses: row.uses,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at ?? undefined,
  };
}
