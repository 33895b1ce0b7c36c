import { z } from 'zod';
import { ASSERTION_SUBJECTS, type TrustedIssuer } from '../domain/assertions/trusted-issuer.js';
import { wholeNumber } from './file-rules.js';
import { issuerKeysShape, oneKeySource, toIssuerKeys } from './issuer-keys-schema.js';
import { resourceTargetsDeclared } from './token-exchange-schema.js';

const text = z.string().min(1);

/** One trusted issuer of `jwt_bearer`. */
export const jwtBearerSchema = z
  .strictObject({
    issuer: text,
    ...issuerKeysShape,
    subject: z.enum(ASSERTION_SUBJECTS),
    clients: z.array(text).min(1),
    resources: z.array(text).min(1),
    scopes: z.array(text).min(1),
    max_lifetime_seconds: wholeNumber(10, 86_400).default(300),
  })
  .check(oneKeySource);

/** A policy names declared resource servers, and scopes of theirs. */
export const jwtBearerTargetsDeclared = resourceTargetsDeclared('jwt_bearer');

/** The section `jwt_bearer` as the rest of the program takes it. */
export function toTrustedIssuer(section: z.output<typeof jwtBearerSchema>): TrustedIssuer {
  return {
    issuer: section.issuer,
    keys: toIssuerKeys(section),
    subject: section.subject,
    clients: section.clients,
    resources: section.resources,
    scopes: section.scopes,
    maxLifetimeSeconds: section.max_lifetime_seconds,
  };
}
