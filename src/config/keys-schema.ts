import { z } from 'zod';
import { notLongerThan, wholeNumber } from './file-rules.js';

const DAY = 86_400;

/** The section `keys` of the configuration file: the life of signing keys. */
export const keysSchema = z
  .strictObject({
    /** 0: by command only. */
    rotation_days: wholeNumber(0, 3_650).default(90),
    /** How long applications may keep the key set: `max-age` of `/jwks`. */
    cache_seconds: wholeNumber(0, DAY).default(300),
    /** How long a new key is published before it signs. */
    publish_seconds: wholeNumber(0, 30 * DAY).default(3_600),
  })
  .check(notLongerThan('cache_seconds', 'publish_seconds'));
