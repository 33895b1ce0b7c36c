import { z } from 'zod';
import { SECOND_FACTOR_POLICIES } from '../domain/sign-in/sign-in-requirement.js';
import { wholeNumber } from './file-rules.js';

/** How people sign in. */
export const authenticationSchema = z.strictObject({
  second_factor: z.enum(SECOND_FACTOR_POLICIES).default('optional'),
  second_factor_roles: z.array(z.string().min(1)).default([]),
  require_verified_email: z.boolean().default(false),
  remember_device_days: wholeNumber(0, 365).default(30),
});
