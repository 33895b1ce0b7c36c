import { BatchLane, type LaneWatcher } from './batch-lane.js';
import { asUnavailable } from './unavailable.js';

/**
 * Makes a look-up that takes what concurrent requests ask for to the database together.
 * @param name as metrics tell it; that of the statement
 * @param find answers what was found for each key, in order
 * @returns the look-up; it throws a `DomainError` `overloaded` or `storage_unavailable`
 */
export function createLookup<Key, Found>(
  name: string,
  find: (keys: readonly Key[]) => Promise<readonly Found[]>,
  watchLane?: LaneWatcher,
): (key: Key) => Promise<Found> {
  const lane = new BatchLane<Key, Found>({
    concurrency: 2,
    maxBatch: 256,
    maxQueue: 10_000,
    async execute(keys) {
      try {
        return await find(keys);
      } catch (error) {
        throw asUnavailable(error);
      }
    },
  });
  watchLane?.(name, () => lane.load);
  return (key) => lane.run(key);
}
