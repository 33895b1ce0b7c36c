import type { Fixture } from './server-fixture.js';

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
