import { z } from 'zod';
import { newUserSchema, userSchema } from './user-schema.js';

const passwordHash = z
  .union([z.string(), z.looseObject({ algorithm: z.string() })])
  .describe('A hash that another system has made.');

/** A line of an import, for the document: each line is checked by itself, and a faulty one spoils no other. */
export const importLineSchema = newUserSchema
  .omit({ password_temporary: true })
  .extend({
    id: z.uuid().optional().describe('Becomes the subject; one is made when it is absent.'),
    disabled: z.boolean().optional(),
    groups: z.array(z.string()).optional(),
    created_at: z.iso.datetime({ offset: true }).optional(),
    password_hash: passwordHash.optional(),
  })
  .meta({ title: 'Line of an import' });

/** What became of a line, and, at the very end, of all of them. */
export const importAnswerLineSchema = z
  .union([
    z
      .strictObject({
        line: z.int().describe('From 1, blank lines counted.'),
        status: z.enum(['created', 'updated', 'skipped', 'invalid']),
        id: z.uuid().optional(),
        errors: z
          .array(z.strictObject({ pointer: z.string(), code: z.string(), detail: z.string() }))
          .optional(),
      })
      .meta({ title: 'Verdict on a line' }),
    z
      .strictObject({
        finished: z.literal(true),
        created: z.int(),
        updated: z.int(),
        skipped: z.int(),
        invalid: z.int(),
        last_line: z.int(),
        dry_run: z.boolean(),
      })
      .meta({ title: 'Summary, the last line of a whole import' }),
  ])
  .meta({ title: 'Line of the answer to an import' });

/** A line of an export. */
export const exportLineSchema = userSchema
  .omit({ deletion_due_at: true, password_temporary: true })
  .extend({ password_hash: z.string().optional() })
  .meta({ title: 'Line of an export' });

export const importQuery = z.strictObject({
  dry_run: z.enum(['true', 'false']).default('false').describe('Gives the verdicts and changes nothing.'),
  on_conflict: z
    .enum(['skip', 'update', 'fail'])
    .default('skip')
    .describe('When there is a user of that id, email or username.'),
  resume_after: z.coerce
    .number()
    .int()
    .min(0)
    .max(999_999_999_999)
    .default(0)
    .describe('Passes over the lines up to this one.'),
  verdicts: z
    .enum(['all', 'invalid'])
    .default('all')
    .describe(
      'Which lines are told of. A client that reads only after it has sent everything asks for `invalid`.',
    ),
});

export const exportQuery = z.strictObject({
  with_password_hashes: z
    .enum(['true', 'false'])
    .default('false')
    .describe('For callers with every permission: whoever has the hashes can guess at the passwords.'),
});
