import type { Knex } from 'knex';
import type { ArtifactRevocation } from '../../domain/artifacts/artifact-revocation.js';
import { EVERYBODY, revokedClient } from './artifact-context.js';
import { REVOKE_ACCOUNT, REVOKE_CLIENT, REVOKE_EVERYTHING } from './artifact-statements.js';

/**
 * Bindings: account or client, what stays. Tells of the revocation those artifacts that are in Redis. The number is taken when the
 * row is locked, so that it grows in the order of the commits.
 */
const MARK = `
  insert into artifact_revocations as r (account_id, kept_id) values (?, ?)
  on conflict (account_id) do update set
    epoch = nextval('artifact_revocation_epochs'), kept_id = excluded.kept_id, revoked_at = now()`;

/** Milliseconds for what may be millions of rows, where a request has ten seconds otherwise. */
const PATIENCE_MS = 600_000;

/** Revocation by account and by client, in the transaction of the change that asks for it. */
export function createArtifactRevocation(knex: Knex): ArtifactRevocation {
  const revoke = async (sql: string, bindings: readonly Knex.RawBinding[]): Promise<number> => {
    const { rows }: { rows: { removed: number }[] } = await knex.raw(sql, bindings);
    return rows[0]?.removed ?? 0;
  };
  const allowTime = () => knex.raw(`set local statement_timeout = ${PATIENCE_MS}`);
  const hashOf = (id: string | undefined): readonly Buffer[] =>
    id === undefined ? [] : [Buffer.from(id, 'base64url')];
  return {
    async revokeAccount(accountId, keptSessionId, keptInteractionId) {
      // Else a link from before a change of password, or before the account was disabled, would undo it.
      await knex('account_links')
        .where({ account_id: accountId })
        .whereNot({ purpose: 'email_verification' })
        .delete();
      await knex('remembered_devices').where({ account_id: accountId }).delete();
      const [keptInteraction] = hashOf(keptInteractionId);
      await knex.raw(MARK, [accountId, keptInteraction ?? null]);
      const kept = [...hashOf(keptSessionId), ...hashOf(keptInteractionId)];
      return revoke(REVOKE_ACCOUNT, [accountId, kept, kept]);
    },
    async revokeClient(clientId) {
      await allowTime();
      await knex.raw(MARK, [revokedClient(clientId), null]);
      return revoke(REVOKE_CLIENT, [clientId]);
    },
    async revokeEverything() {
      await allowTime();
      await knex('account_links').whereNot({ purpose: 'email_verification' }).delete();
      await knex('remembered_devices').delete();
      await knex.raw(MARK, [EVERYBODY, null]);
      return revoke(REVOKE_EVERYTHING, []);
    },
  };
}
