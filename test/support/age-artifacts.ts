import type { Fixture, TestUser } from './server-fixture.js';

/**
 * Has all that the protocol keeps in the database be older, as if nobody had done anything for a while: a server of its
 * own process has a clock that no test turns. What is kept in Redis stays as it is.
 */
export async function ageArtifacts(
  { application }: Pick<Fixture, 'application'>,
  seconds: number,
): Promise<void> {
  await application.database.knex.raw(
    `update artifacts set
       created_at = created_at - make_interval(secs => ?),
       expires_at = expires_at - make_interval(secs => ?),
       consumed_at = consumed_at - make_interval(secs => ?)`,
    [seconds, seconds, seconds],
  );
}

/** Has the sessions of a person expire, with nobody having ended them. */
export async function expireSessions(
  { application }: Pick<Fixture, 'application'>,
  { id }: Pick<TestUser, 'id'>,
): Promise<void> {
  await application.database
    .knex('artifacts')
    .where({ account_id: id, model: 'Session' })
    .update({ expires_at: new Date(0) });
}

/** Has the grants of a person say that they have expired, while their rows stay. */
export async function expireGrants(
  { application: { database, artifactCodec } }: Pick<Fixture, 'application'>,
  { id }: Pick<TestUser, 'id'>,
): Promise<void> {
  const rows = await database
    .knex('artifacts')
    .where({ account_id: id, model: 'Grant' })
    .select<{ id: Buffer; payload: Buffer }[]>('id', 'payload');
  for (const row of rows) {
    const { id: jti, payload } = artifactCodec.toArtifact({ ...row, consumedAt: null, version: 1 });
    const expired = { ...payload, exp: 1 };
    const sealed = artifactCodec.toRow({ model: 'Grant', id: jti, payload: expired, expiresAt: undefined });
    await database.knex('artifacts').where({ id: row.id }).update({ payload: sealed.payload });
  }
}

/** Makes the sessions of a person look as if they had signed in some seconds earlier. */
export async function ageSessions(
  { application: { database, artifactCodec } }: Pick<Fixture, 'application'>,
  { id }: Pick<TestUser, 'id'>,
  seconds: number,
): Promise<void> {
  const rows = await database
    .knex('artifacts')
    .where({ account_id: id, model: 'Session' })
    .select<{ id: Buffer; payload: Buffer }[]>('id', 'payload');
  for (const row of rows) {
    const { payload } = artifactCodec.toArtifact({ ...row, consumedAt: null, version: 1 });
    const aged = { ...payload, loginTs: Number(payload.loginTs) - seconds };
    const sealed = artifactCodec.toRow({
      model: 'Session',
      id: typeof payload.jti === 'string' ? payload.jti : '',
      payload: aged,
      expiresAt: undefined,
    });
    await database.knex('artifacts').where({ id: row.id }).update({ payload: sealed.payload });
  }
}
