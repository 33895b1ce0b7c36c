import { z } from 'zod';
import { findSubject } from '../../../domain/accounts/find-subject.js';
import { signOutEverywhere } from '../../../domain/sessions/sign-out-everywhere.js';
import type { ApiDeps } from '../api-deps.js';
import { fieldsOf } from '../framework/check.js';
import { ProblemError } from '../framework/problem.js';
import { defineRoute, type ApiRoute } from '../framework/route.js';

const text = z.string().min(1).max(2048);

/** @see RFC 9493 §3.2 */
const subjectIdentifier = z.discriminatedUnion(
  'format',
  [
    z.strictObject({ format: z.literal('opaque'), id: text.describe('The id of the user.') }),
    z.strictObject({
      format: z.literal('iss_sub'),
      iss: text.describe('This issuer, or the one of a provider by which the user signs in here.'),
      sub: text.describe('The subject there; of this issuer also a pairwise one.'),
    }),
    z.strictObject({ format: z.literal('email'), email: text }),
  ],
  { error: 'The formats are opaque, iss_sub and email.' },
);

const { $schema: _dialect, ...subjectSchema } = z.toJSONSchema(subjectIdentifier, { io: 'input' });

/**
 * Ends all that a person has here, at the word of another system.
 * @see draft-parecki-oauth-global-token-revocation-06 §3
 */
export function globalRevocationRoutes(deps: ApiDeps): readonly ApiRoute[] {
  const { stores, unitsOfWork } = deps;
  return [
    defineRoute({
      method: 'post',
      path: '/global-token-revocation',
      operationId: 'revokeGlobally',
      tag: 'sessions',
      summary: 'Sign out everywhere the user whom another system names',
      description:
        'Global Token Revocation (draft-parecki-oauth-global-token-revocation), with a subject identifier of RFC 9493. ' +
        'Does what signOutUserEverywhere does. Discovery tells the address.',
      access: ['sessions:write'],
      body: z.strictObject({
        // Only the form here: what is wrong inside is answered with 400, as the draft has it.
        sub_id: z.looseObject({ format: z.string() }).meta(subjectSchema),
      }),
      success: { status: 204, description: 'Nothing that was issued to the user is valid any more.' },
      refusals: [404],
      async handle({ body, origin, caller }) {
        const account = await findSubject({ ...deps, ...stores }, readSubject(body.sub_id));
        await signOutEverywhere({ ...deps, unitOfWork: unitsOfWork.from(origin) }, account.id, caller);
        return {};
      },
    }),
  ];
}

/** @throws {ProblemError} 400 */
function readSubject(value: unknown): z.output<typeof subjectIdentifier> {
  const result = subjectIdentifier.safeParse(value);
  if (result.success) return result.data;
  throw new ProblemError({
    status: 400,
    code: 'invalid_subject_identifier',
    title: 'The subject identifier has faults',
    detail: 'sub_id is no subject identifier of a format that is understood here: opaque, iss_sub or email.',
    errors: fieldsOf(result.error, (member) => `/sub_id/${member}`),
  });
}
