import { z } from 'zod';
import { EVERY_GRANT_TYPE, isRedirectHost } from '../domain/client-registration/registration-policy.js';
import { REGISTRATION_MODES } from '../domain/client-registration/registration-deps.js';
import { ALWAYS, fieldOf, membersOf, rule, wholeNumber } from './file-rules.js';

const text = z.string().min(1);
const redirectHost = text.check(
  rule(
    isRedirectHost,
    'is not a host',
    'Write it without port and path, for instance app.example.org, *.example.org for all that is below it, or a scheme, com.example.app:',
  ),
);
const grantType = text.check(
  rule(
    (value) => EVERY_GRANT_TYPE.includes(value),
    'is not a grant type that clients have here',
    `Use some of ${EVERY_GRANT_TYPE.join(', ')}.`,
  ),
);

const documentHost = text.check(
  rule(
    (value) => value === '*' || (isRedirectHost(value) && !value.endsWith(':')),
    'is not a host',
    'Write it without port and path, for instance app.example.org, *.example.org for all that is below it, or * for any.',
  ),
);

/** What applications may be that nobody of the operator has registered. */
const policy = {
  redirect_hosts: z.array(redirectHost).default([]),
  scopes: z.array(text).default(['openid', 'profile', 'email', 'address', 'phone', 'offline_access']),
  resources: z.array(text).default([]),
  grant_types: z.array(grantType).min(1).default(['authorization_code', 'refresh_token']),
};

/** The section `client_registration` of the configuration file. */
export const clientRegistrationSchema = z.strictObject({
  mode: z.enum(REGISTRATION_MODES).default('off'),
  ...policy,
  registrations_per_network: wholeNumber(1, 100_000).default(20),
  unused_days: wholeNumber(1, 3_650).default(7),
  max_unused: wholeNumber(1, 1_000_000).default(1_000),
});

/** The section `client_id_metadata_documents` of the configuration file. */
export const clientDocumentsSchema = z.strictObject({ hosts: z.array(documentHost).default([]), ...policy });

const SECTIONS = ['client_registration', 'client_id_metadata_documents'] as const;

/** What such applications get is declared: the scopes of this provider's own API never are. */
export function registrationTargetsDeclared(standardScopes: readonly string[]) {
  return z.superRefine<unknown>((content, context) => {
    const names = membersOf(fieldOf(content, 'scopes')).map((scope) => fieldOf(scope, 'name'));
    const identifiers = membersOf(fieldOf(content, 'resources')).map((one) => fieldOf(one, 'identifier'));
    const known = [
      { key: 'scopes', declared: new Set([...standardScopes, ...names]), what: 'scope' },
      { key: 'resources', declared: new Set(identifiers), what: 'resource server' },
    ];
    for (const section of SECTIONS) {
      for (const { key, declared, what } of known) {
        membersOf(fieldOf(fieldOf(content, section), key)).forEach((name, index) => {
          if (typeof name !== 'string' || declared.has(name)) return;
          context.addIssue({
            code: 'custom',
            path: [section, key, index],
            message: `${JSON.stringify(name)} is not a declared ${what}`,
            params: { remedy: `Declare it under ${key}, or remove it.` },
          });
        });
      }
    }
  }, ALWAYS);
}
