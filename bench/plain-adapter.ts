import type { Knex } from 'knex';
import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';

interface Row {
  readonly id: string;
  readonly model: string;
  readonly grant_id: string | null;
  readonly user_code: string | null;
  readonly uid: string | null;
  readonly payload: AdapterPayload;
  readonly consumed_at: Date | null;
}

/** The adapter that most people write: one table, one statement for each call, each a transaction of its own. */
export async function createPlainAdapter(knex: Knex): Promise<AdapterFactory> {
  await knex.schema.createTable('models', (table) => {
    table.text('id').notNullable();
    table.text('model').notNullable();
    table.jsonb('payload').notNullable();
    table.text('grant_id').index();
    table.text('user_code').index();
    table.text('uid').index();
    table.timestamp('expires_at');
    table.timestamp('consumed_at');
    table.primary(['id', 'model']);
  });

  const found = (row: Row | undefined): AdapterPayload | undefined =>
    row && { ...row.payload, ...(row.consumed_at ? { consumed: true } : {}) };

  return (model): Adapter => {
    const rows = () => knex<Row>('models').where({ model });
    return {
      async upsert(id, payload, expiresIn) {
        await knex('models')
          .insert({
            id,
            model,
            payload: JSON.stringify(payload),
            grant_id: payload.grantId,
            user_code: payload.userCode,
            uid: payload.uid,
            expires_at: expiresIn ? new Date(Date.now() + expiresIn * 1000) : null,
          })
          .onConflict(['id', 'model'])
          .merge();
      },
      find: async (id) => found(await rows().where({ id }).first()),
      findByUid: async (uid) => found(await rows().where({ uid }).first()),
      findByUserCode: async (userCode) => found(await rows().where({ user_code: userCode }).first()),
      async consume(id) {
        await rows().where({ id }).update({ consumed_at: new Date() });
      },
      async destroy(id) {
        await rows().where({ id }).delete();
      },
      async revokeByGrantId(grantId) {
        await rows().where({ grant_id: grantId }).delete();
      },
    };
  };
}
