import { z } from 'zod';
import { ASSERTION_SUBJECTS, type TrustedIssuer } from '../domain/assertions/trusted-issuer.js';
import { jwksProblem } from '../domain/clients/client-jwks.js';
import { parseWebUri } from '../domain/clients/web-uri.js';
import { ALWAYS, fieldOf, jsonValue, rule, wholeNumber } from './file-rules.js';
import { resourceTargetsDeclared } from './token-exchange-schema.js';

const text = z.string().min(1);

/** One trusted issuer of `jwt_bearer`. */
export const jwtBearerSchema = z
  .strictObject({
    issuer: text,
    jwks: z.record(z.string(), jsonValue).optional(),
    jwks_uri: text
      .check(
        rule(
          (value) => parseWebUri(value) !== undefined,
          'is not an https: URI',
          'Write it in full; http: is for loopback hosts only.',
        ),
      )
      .optional(),
    private_network: z.boolean().default(false),
    subject: z.enum(ASSERTION_SUBJECTS),
    clients: z.array(text).min(1),
    resources: z.array(text).min(1),
    scopes: z.array(text).min(1),
    max_lifetime_seconds: wholeNumber(10, 86_400).default(300),
  })
  .check(
    z.superRefine<unknown>((issuer, context) => {
      const jwks = fieldOf(issuer, 'jwks');
      const uri = fieldOf(issuer, 'jwks_uri');
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
    }, ALWAYS),
  );

/** A policy names declared resource servers, and scopes of theirs. */
export const jwtBearerTargetsDeclared = resourceTargetsDeclared('jwt_bearer');

/** The section `jwt_bearer` as the rest of the program takes it. */
export function toTrustedIssuer(section: z.output<typeof jwtBearerSchema>): TrustedIssuer {
  return {
    issuer: section.issuer,
    keys:
      section.jwks === undefined
        ? { jwksUri: section.jwks_uri ?? '', privateNetwork: section.private_network }
        : { jwks: section.jwks },
    subject: section.subject,
    clients: section.clients,
    resources: section.resources,
    scopes: section.scopes,
    maxLifetimeSeconds: section.max_lifetime_seconds,
  };
}

function isMapping(value: unknown): value is Parameters<typeof jwksProblem>[0] {
  return typeof value === 'object' && value !== null;
}
