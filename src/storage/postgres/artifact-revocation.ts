import type { Knex } from 'knex';
import type { ArtifactRevocation } from '../../domain/artifacts/artifact-revocation.js';
import { REVOKE_ACCOUNT, REVOKE_CLIENT } from './artifact-statements.js';

/** Revocation by account and by client, in the transaction of the change that asks for it. */
export function createArtifactRevocation(knex: Knex): ArtifactRevocation {
  const revoke = async (sql: string, bindings: readonly Knex.RawBinding[]): Promise<number> => {
    const { rows }: { rows: { removed: number }[] } = await knex.raw(sql, bindings);
    return rows[0]?.removed ?? 0;
  };
  return {
    async revokeAccount(accountId, keptSessionId, keptInteractionId) {
      // Else a link from before a change of password, or before the account was disabled, would undo it.
      await knex('account_links')
        .where({ account_id: accountId })
        .whereNot({ purpose: 'email_verification' })
        .delete();
      await knex('remembered_devices').where({ account_id: accountId }).delete();
      const kept = [keptSessionId, keptInteractionId].flatMap((id) =>
        id === undefined ? [] : [Buffer.from(id, 'base64url')],
      );
      return revoke(REVOKE_ACCOUNT, [accountId, kept, kept]);
    },
    revokeClient: (clientId) => revoke(REVOKE_CLIENT, [clientId]),
  };
}
