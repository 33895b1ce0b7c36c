import { z } from 'zod';
import { ALWAYS, fieldOf, membersOf } from './file-rules.js';

const text = z.string().min(1);

/** One policy of `token_exchange`. */
export const tokenExchangeSchema = z.strictObject({
  client: text,
  resources: z.array(text).min(1),
  scopes: z.array(text).min(1),
  delegation: z.boolean().default(true),
});

/** A policy names declared resource servers, and scopes of theirs. */
export const exchangeTargetsDeclared = resourceTargetsDeclared('token_exchange');

/** The policies of a section name declared resource servers, and scopes of theirs. */
export function resourceTargetsDeclared(section: 'token_exchange' | 'jwt_bearer') {
  return z.superRefine<unknown>((content, context) => {
    const scopesOf = new Map(
      membersOf(fieldOf(content, 'resources')).map((resource) => [
        fieldOf(resource, 'identifier'),
        membersOf(fieldOf(resource, 'scopes')),
      ]),
    );
    membersOf(fieldOf(content, section)).forEach((policy, index) => {
      const resources = membersOf(fieldOf(policy, 'resources'));
      const refuse = (key: string, position: number, message: string, remedy: string): void => {
        context.addIssue({
          code: 'custom',
          path: [section, index, key, position],
          message,
          params: { remedy },
        });
      };
      resources.forEach((name, position) => {
        if (typeof name !== 'string' || scopesOf.has(name)) return;
        refuse(
          'resources',
          position,
          `${JSON.stringify(name)} is not a declared resource server`,
          'Declare it under resources, or remove it.',
        );
      });
      const known = new Set(resources.flatMap((name) => scopesOf.get(name) ?? []));
      membersOf(fieldOf(policy, 'scopes')).forEach((name, position) => {
        if (typeof name !== 'string' || known.has(name)) return;
        refuse(
          'scopes',
          position,
          `${JSON.stringify(name)} is not a scope of the policy's resource servers`,
          'Add it to the scopes of one of them, or remove it.',
        );
      });
    });
  }, ALWAYS);
}
