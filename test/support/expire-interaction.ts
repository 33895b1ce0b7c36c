import { Redis } from 'ioredis';
import type { Fixture } from './server-fixture.js';
import type { TestServer } from './server.js';

/** Lets a sign-in under way have expired an hour ago, wherever the server keeps it. @param uid as in its address */
export async function expireInteraction(
  { env }: Pick<TestServer, 'env'>,
  { application }: Pick<Fixture, 'application'>,
  uid: string,
): Promise<void> {
  const id = application.artifactCodec.rowId({ model: 'Interaction', id: uid });
  const anHourAgo = Math.floor(application.clock.now().getTime() / 1000) - 3600;
  const url = env['REDIS_URL'];
  if (url === undefined) {
    const aged = await application.database
      .knex('artifacts')
      .where({ id })
      .update({ expires_at: new Date(anHourAgo * 1000) });
    if (aged !== 1) throw new Error('There is no such interaction.');
    return;
  }
  const redis = new Redis(url, { protocol: 2 });
  try {
    const key = `latchkey:artifact:${id.toString('base64url')}`;
    if ((await redis.exists(key)) !== 1) throw new Error('There is no such interaction.');
    await redis.hset(key, 'expires', anHourAgo);
  } finally {
    redis.disconnect();
  }
}
