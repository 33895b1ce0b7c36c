import type { Logger } from '../observability/logger.js';
import { connectForChanges, createChangeFeed, type ChangeFeed } from '../storage/postgres/change-feed.js';
import type { Application } from './application.js';

/** What other processes change, over a connection of its own that is not open yet. */
export function openChanges({ database }: Pick<Application, 'database'>, logger: Logger): ChangeFeed {
  return createChangeFeed({
    connect: () => connectForChanges(database.url),
    logger,
  });
}
