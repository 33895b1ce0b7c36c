import type { ArtifactStore } from '../domain/artifacts/artifact-store.js';
import type { ArtifactPurge } from '../domain/artifacts/purge-artifacts.js';
import { createArtifactContexts } from '../storage/postgres/artifact-context.js';
import type { LaneWatcher } from '../storage/postgres/batch-lane.js';
import { createPostgresArtifactStore } from '../storage/postgres/artifact-store.js';
import { createRedisArtifactStore } from '../storage/redis/artifact-store.js';
import type { Application } from './application.js';

/** Where the protocol's state is kept, and how what has expired is removed. */
export interface OpenedArtifactStore {
  readonly store: ArtifactStore;
  readonly purge: ArtifactPurge;
}

/**
 * Keeps the protocol's state in PostgreSQL, and its short-lived part in Redis where there is one.
 * @param options.clockToleranceSeconds seconds for which an expired artifact is still found
 * @param options.watchLane hears of the lanes in which statements travel
 */
export function openArtifactStore(
  { database: { knex }, redis, artifactCodec: codec, clock, auditLog }: Application,
  options: { readonly clockToleranceSeconds: number; readonly watchLane: LaneWatcher },
): OpenedArtifactStore {
  const durable = createPostgresArtifactStore({ knex, codec, clock, auditLog, ...options });
  const contexts = createArtifactContexts(knex, codec, options.watchLane);
  const store = redis
    ? createRedisArtifactStore({ redis, durable, contexts, codec, clock, ...options })
    : durable;
  return {
    store,
    purge: {
      async purgeExpired(limit) {
        await contexts.purge(clock.now());
        return durable.purgeExpired(limit);
      },
    },
  };
}
