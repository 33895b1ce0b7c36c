import { z } from 'zod';
import type { ClientAttester } from '../domain/clients/client-attester.js';
import { ALWAYS, fieldOf, membersOf } from './file-rules.js';
import { issuerKeysShape, oneKeySource, toIssuerKeys } from './issuer-keys-schema.js';

const text = z.string().min(1);

/** One member of `client_attesters`. @see draft-ietf-oauth-attestation-based-client-auth */
export const clientAttesterSchema = z
  .strictObject({ issuer: text, ...issuerKeysShape, clients: z.array(text).min(1) })
  .check(oneKeySource);

/** Where attestations are taken, somebody is trusted to make them. */
export const attestersDeclared = z.superRefine<unknown>((content, context) => {
  if (fieldOf(fieldOf(content, 'features'), 'client_attestation') !== true) return;
  const attesters = fieldOf(content, 'client_attesters');
  if (attesters !== undefined && (!Array.isArray(attesters) || membersOf(attesters).length > 0)) return;
  context.addIssue({
    code: 'custom',
    path: ['client_attesters'],
    message: 'names nobody, but features.client_attestation is on',
    params: {
      remedy: 'Name an attester with its issuer, jwks or jwks_uri, and clients, or turn the feature off.',
    },
  });
}, ALWAYS);

/** The member as the rest of the program takes it. */
export function toClientAttester(section: z.output<typeof clientAttesterSchema>): ClientAttester {
  return { issuer: section.issuer, keys: toIssuerKeys(section), clients: section.clients };
}
