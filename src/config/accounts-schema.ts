import { z } from 'zod';
import { wholeNumber } from './file-rules.js';

/** The section `accounts` of the configuration file. */
export const accountsSchema = z.strictObject({
  deletion_grace_days: wholeNumber(0, 90).default(7),
});
