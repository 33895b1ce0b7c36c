import { z } from 'zod';
import { SIGN_UP_MODES } from '../domain/registrations/sign-up-mode.js';
import { rule } from './file-rules.js';

/** The section `sign_up` of the configuration file. */
export const signUpSchema = z.strictObject({
  mode: z.enum(SIGN_UP_MODES).default('off'),
  email_domains: z
    .array(
      z
        .string()
        .check(
          rule(
            (value) => /^(\*\.)?[^\s@*.]+(\.[^\s@*.]+)*$/u.test(value),
            'is not a domain',
            'Write it without @, for instance example.org, or *.example.org for all that is below it.',
          ),
        ),
    )
    .default([]),
});
