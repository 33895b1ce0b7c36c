import { z } from 'zod';
import { accountsSchema } from './accounts-schema.js';
import { brandingSchema } from './branding-schema.js';
import { authorizationDetailsSchema, detailLocationsDeclared } from './authorization-details-schema.js';
import { authenticationSchema } from './authentication-schema.js';
import {
  clientDocumentsSchema,
  clientRegistrationSchema,
  registrationTargetsDeclared,
} from './client-registration-schema.js';
import { CLIENT_TYPES } from '../domain/clients/client.js';
import { FURTHER_RESPONSE_TYPES } from '../domain/clients/response-types.js';
import { signUpSchema } from './sign-up-schema.js';
import { attestersDeclared, clientAttesterSchema } from './client-attesters-schema.js';
import { clientProvidersDeclared, identityProviderSchema } from './identity-providers-schema.js';
import { exchangeTargetsDeclared, tokenExchangeSchema } from './token-exchange-schema.js';
import { jwtBearerSchema, jwtBearerTargetsDeclared } from './jwt-bearer-schema.js';
import { keysSchema } from './keys-schema.js';
import { mtlsSchema } from './mtls-schema.js';
import { presetSchema, profileHolds, profileSchema } from './profile-schema.js';
import {
  distinct,
  distinctMembers,
  jsonValue,
  needs,
  notLongerThan,
  oneSecretSource,
  resourceScopesDeclared,
  rule,
  wholeNumber,
} from './file-rules.js';
import { parseUrl } from '../domain/url.js';

const text = z.string().min(1);
const uri = text.check(
  rule(
    (value) => parseUrl(value) !== undefined,
    'is not an absolute URI',
    'Write it in full, for instance https://app.example.com/.',
  ),
);
/** @see RFC 6749 §3.3 */
const scopeToken = text.check(
  rule(
    (value) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(value),
    'is not a scope name',
    'Use printable ASCII characters without spaces, quotes and backslashes, for instance invoices:read.',
  ),
);
const scopeList = text.check(
  rule(
    (value) => /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/.test(value),
    'is not a list of scope names',
    'Write the names in one string, parted by single spaces, for instance "openid profile email".',
  ),
);

const client = z
  .strictObject({
    client_id: text,
    name: text.optional(),
    type: z.enum(CLIENT_TYPES).optional(),
    profile: profileSchema.optional(),
    redirect_uris: z.array(uri).optional(),
    post_logout_redirect_uris: z.array(uri).optional(),
    backchannel_logout_uri: uri.optional(),
    scope: scopeList.optional(),
    resources: z.array(uri).optional(),
    allowed_origins: z.array(uri).optional(),
    allowed_roles: z.array(text).optional(),
    allowed_groups: z.array(text).optional(),
    first_party: z.boolean().optional(),
    require_second_factor: z.boolean().optional(),
    require_verified_email: z.boolean().optional(),
    identity_providers: z.array(text).optional(),
    client_secret: text.optional(),
    client_secret_file: text.optional(),
    client_secrets: z.array(text).min(1).optional(),
    metadata: z.record(z.string(), jsonValue).optional(),
  })
  .check(oneSecretSource);

const scope = z.strictObject({
  name: scopeToken.check(
    rule(
      (value) => !STANDARD_SCOPES.includes(value),
      'is a standard scope, which is always there',
      'Remove it, or choose another name.',
    ),
  ),
  description: text,
  claims: z.array(text).default([]),
});

const resource = z.strictObject({
  identifier: uri.check(
    rule(
      (value) => !value.includes('#'),
      'has a fragment',
      'Remove the # and what follows it (RFC 8707 §2).',
    ),
  ),
  name: text.optional(),
  scopes: z.array(scopeToken).default([]),
  access_token_format: z.enum(['jwt', 'opaque']).default('jwt'),
  access_token_lifetime_seconds: wholeNumber(30, 86_400).optional(),
  introspection_clients: z.array(text).default([]),
  signing_algorithm: z.enum(['RS256', 'ES256', 'EdDSA']).default('RS256'),
});

const role = z.strictObject({
  name: text,
  description: z.string().default(''),
  permissions: z.array(text).default([]),
});

const group = z.strictObject({
  name: text,
  description: z.string().default(''),
  roles: z.array(text).default([]),
});

const DAY = 86_400;
const lifetimes = z
  .strictObject({
    session_seconds: wholeNumber(60, 30 * DAY).default(28_800),
    session_absolute_seconds: wholeNumber(60, 365 * DAY).default(DAY),
    access_token_seconds: wholeNumber(30, DAY).default(900),
    id_token_seconds: wholeNumber(30, DAY).default(3_600),
    refresh_token_seconds: wholeNumber(60, 365 * DAY).default(14 * DAY),
    grant_seconds: wholeNumber(60, 2 * 365 * DAY).default(30 * DAY),
    authorization_code_seconds: wholeNumber(10, 600).default(60),
    device_code_seconds: wholeNumber(60, 1_800).default(600),
    interaction_seconds: wholeNumber(60, DAY).default(1_800),
  })
  .check(notLongerThan('session_seconds', 'session_absolute_seconds'))
  .check(notLongerThan('refresh_token_seconds', 'grant_seconds'));

const features = z
  .strictObject({
    device_flow: z.boolean().default(true),
    introspection: z.boolean().default(true),
    revocation: z.boolean().default(true),
    client_credentials: z.boolean().default(true),
    pushed_authorization_requests: z.boolean().default(true),
    dpop: z.boolean().default(true),
    request_objects: z.boolean().default(false),
    jarm: z.boolean().default(false),
    jwt_userinfo: z.boolean().default(false),
    jwt_introspection: z.boolean().default(false),
    encryption: z.boolean().default(false),
    token_exchange: z.boolean().default(false),
    mtls: z.boolean().default(false),
    jwt_bearer: z.boolean().default(false),
    ciba: z.boolean().default(false),
    client_attestation: z.boolean().default(false),
    response_types: z.array(z.enum(FURTHER_RESPONSE_TYPES)).check(distinctMembers).default([]),
  })
  .check(needs('jwt_introspection', 'introspection'));

const passwordPolicy = z.strictObject({ min_length: wholeNumber(8, 128).default(15) });

/** Scopes that OpenID Connect Core 1.0 §5.4 and §11 define, and those of roles and groups. */
const STANDARD_SCOPES = [
  ...['openid', 'profile', 'email', 'address', 'phone', 'offline_access'],
  ...['roles', 'groups'],
];

/** The configuration file that CONFIG names; its keys are snake_case, as in the specifications' client metadata. */
export const fileSchema = z
  .strictObject({
    profile: profileSchema.optional(),
    preset: presetSchema.optional(),
    clients: z.array(client).check(distinct('client_id')).default([]),
    scopes: z.array(scope).check(distinct('name')).default([]),
    resources: z.array(resource).check(distinct('identifier')).default([]),
    roles: z.array(role).check(distinct('name')).default([]),
    groups: z.array(group).check(distinct('name')).default([]),
    branding: brandingSchema.prefault({}),
    views_dir: text.optional(),
    features: features.prefault({}),
    lifetimes: lifetimes.prefault({}),
    password_policy: passwordPolicy.prefault({}),
    accounts: accountsSchema.prefault({}),
    authentication: authenticationSchema.prefault({}),
    keys: keysSchema.prefault({}),
    sign_up: signUpSchema.prefault({}),
    client_registration: clientRegistrationSchema.prefault({}),
    authorization_details_types: z.array(authorizationDetailsSchema).check(distinct('type')).default([]),
    client_id_metadata_documents: clientDocumentsSchema.prefault({}),
    token_exchange: z.array(tokenExchangeSchema).check(distinct('client')).default([]),
    jwt_bearer: z.array(jwtBearerSchema).check(distinct('issuer')).default([]),
    mtls: mtlsSchema.prefault({}),
    client_attesters: z.array(clientAttesterSchema).check(distinct('issuer')).default([]),
    identity_providers: z.array(identityProviderSchema).check(distinct('id')).default([]),
  })
  .check(clientProvidersDeclared)
  .check(resourceScopesDeclared)
  .check(exchangeTargetsDeclared)
  .check(detailLocationsDeclared)
  .check(jwtBearerTargetsDeclared)
  .check(attestersDeclared)
  .check(registrationTargetsDeclared(STANDARD_SCOPES))
  .check(profileHolds);

/** The configuration file's content with its defaults. */
export type FileContent = z.output<typeof fileSchema>;
