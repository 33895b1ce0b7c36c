import type { z } from 'zod';
import { ProblemError, type ProblemField } from './problem.js';

/** Where a part of the request stands, and how its members are pointed at. */
const PARTS = {
  path: { pointer: (member: string) => `:${member}`, status: 400 },
  query: { pointer: (member: string) => `?${member}`, status: 400 },
  body: { pointer: (member: string) => (member === '' ? '' : `/${member}`), status: 422 },
} as const;

/**
 * Checks one part of a request.
 * @returns the part as the schema makes it
 * @throws {ProblemError} naming every member at fault
 */
export function checkPart(part: keyof typeof PARTS, schema: z.ZodType | undefined, value: unknown): unknown {
  if (!schema) return undefined;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { pointer, status } = PARTS[part];
  throw new ProblemError({
    status,
    code: 'invalid_input',
    title: 'The request has faults',
    detail: `The ${part} does not follow its schema.`,
    errors: fieldsOf(result.error, pointer),
  });
}

/** The members at fault, as a problem tells them. @param pointer makes a pointer of a member's place */
export function fieldsOf(error: z.ZodError, pointer: (member: string) => string): readonly ProblemField[] {
  return error.issues.flatMap((issue) => toFields(issue, pointer));
}

function toFields(issue: z.core.$ZodIssue, pointer: (member: string) => string): ProblemField[] {
  const place = issue.path.map((step) => String(step).replaceAll('~', '~0').replaceAll('/', '~1'));
  const at = (steps: readonly string[]): string => pointer(steps.join('/'));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: at([...place, key]),
      code: 'unknown_field',
      detail: `There is no field "${key}".`,
    }));
  }
  return [{ pointer: at(place), code: issue.code, detail: issue.message }];
}
