import { z } from 'zod';
import type { IssuerKeys } from '../domain/assertions/trusted-issuer.js';
import { jwksProblem } from '../domain/clients/client-jwks.js';
import { parseWebUri } from '../domain/clients/web-uri.js';
import { ALWAYS, fieldOf, jsonValue, rule } from './file-rules.js';

/** The keys of a section by which it says where the public keys of somebody trusted come from. */
export const issuerKeysShape = {
  jwks: z.record(z.string(), jsonValue).optional(),
  jwks_uri: z
    .string()
    .min(1)
    .check(
      rule(
        (value) => parseWebUri(value) !== undefined,
        'is not an https: URI',
        'Write it in full; http: is for loopback hosts only.',
      ),
    )
    .optional(),
  private_network: z.boolean().default(false),
};

/** Exactly one place for keys is given, with public ones where they are given themselves. */
export const oneKeySource = z.superRefine<unknown>((section, context) => {
  const jwks = fieldOf(section, 'jwks');
  const uri = fieldOf(section, 'jwks_uri');
  const refuse = (key: string, message: string, remedy: string): void => {
    context.addIssue({ code: 'custom', path: [key], message, params: { remedy } });
  };
  if ((jwks === undefined) === (uri === undefined)) {
    refuse(
      'jwks_uri',
      uri === undefined ? 'is missing, and so is jwks' : 'is set, and so is jwks',
      'Give one of jwks and jwks_uri, with the public keys of the issuer.',
    );
  }
  const problem = isMapping(jwks) ? jwksProblem(jwks) : undefined;
  if (problem !== undefined) refuse('jwks', problem.replace(/\.$/, ''), 'Write the public keys only.');
}, ALWAYS);

/** These keys as the rest of the program takes them. */
export function toIssuerKeys(section: z.output<z.ZodObject<typeof issuerKeysShape>>): IssuerKeys {
  return section.jwks === undefined
    ? { jwksUri: section.jwks_uri ?? '', privateNetwork: section.private_network }
    : { jwks: section.jwks };
}

function isMapping(value: unknown): value is Parameters<typeof jwksProblem>[0] {
  return typeof value === 'object' && value !== null;
}
