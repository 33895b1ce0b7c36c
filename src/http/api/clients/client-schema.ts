import { z } from 'zod';
import { CLIENT_TYPES } from '../../../domain/clients/client.js';
import { MAX_SECRET_GRACE_SECONDS } from '../../../domain/clients/rotate-client-secret.js';
import { SECURITY_PROFILES } from '../../../domain/profiles/security-profile.js';
import { jsonValue } from '../framework/json-value.js';

const timestamp = z.iso.datetime({ offset: true });
const text = z.string().max(2048);
const texts = z.array(text).max(100);
const names = z.array(z.string().max(100)).max(100);

/** What the domain checks key by key, see `metadataFaults`; here only the form. @see RFC 7591 §2 */
const metadata = {
  profile: z.enum(SECURITY_PROFILES).describe('The security profile that it is held to.'),
  grant_types: texts,
  response_types: texts.describe(
    'What the browser may bring back: "code", or what the deployment offers besides.',
  ),
  token_endpoint_auth_method: text,
  client_uri: text,
  logo_uri: text,
  policy_uri: text,
  tos_uri: text,
  branding: z
    .record(z.string(), jsonValue)
    .describe('How the pages look on the way to the app: accent (#rrggbb), radius (pixels, 0 to 24), font.'),
  initiate_login_uri: text,
  contacts: texts,
  software_id: text,
  software_version: text,
  default_max_age: z.int().min(0).describe('Seconds.'),
  require_auth_time: z.boolean(),
  jwks: z.record(z.string(), jsonValue),
  jwks_uri: text,
  token_endpoint_auth_signing_alg: text,
  id_token_signed_response_alg: text,
  userinfo_signed_response_alg: text,
  introspection_signed_response_alg: text,
  authorization_signed_response_alg: text,
  request_object_signing_alg: text,
  require_signed_request_object: z.boolean(),
  require_pushed_authorization_requests: z.boolean(),
  dpop_bound_access_tokens: z.boolean(),
  backchannel_logout_session_required: z.boolean(),
  response_modes: texts,
  subject_type: text,
  sector_identifier_uri: text,
  authorization_details_types: texts.describe(
    'Types of authorization details that it may ask for (RFC 9396).',
  ),
};

const attributes = {
  redirect_uris: texts,
  post_logout_redirect_uris: texts,
  backchannel_logout_uri: text,
  scope: z.string().max(16_384).describe('Scopes that it may ask for, separated by spaces.'),
  resources: texts.describe('Identifiers of the resource servers that it may ask tokens for.'),
  allowed_origins: texts.describe('Web origins that may call this provider from a browser.'),
  allowed_roles: names.describe(
    'Only people with one of these roles may sign in; empty, with no groups: everybody.',
  ),
  allowed_groups: names.describe(
    'Only people in one of these groups may sign in; empty, with no roles: everybody.',
  ),
  first_party: z.boolean().describe('Run by the operator of this provider: no consent is asked.'),
  require_second_factor: z.boolean().describe('Nobody signs in with one factor.'),
  require_verified_email: z.boolean().describe('Nobody signs in whose email address is not verified.'),
  identity_providers: names.describe(
    'Ids of the other providers by which people may sign in; absent: all, empty: none.',
  ),
  ...metadata,
};

/** The names under which the API takes further metadata. */
export const METADATA_NAMES: ReadonlySet<string> = new Set(Object.keys(metadata));

const clientName = z.string().max(200).describe('What people read when they sign in.');

function optional<Shape extends Readonly<Record<string, z.ZodType>>>(shape: Shape) {
  return Object.fromEntries(Object.entries(shape).map(([name, schema]) => [name, schema.optional()])) as {
    [Name in keyof Shape]: z.ZodOptional<Shape[Name]>;
  };
}

function patchOf<Shape extends Readonly<Record<string, z.ZodType>>>(shape: Shape) {
  return Object.fromEntries(
    Object.entries(shape).map(([name, schema]) => [name, schema.nullable().optional()]),
  ) as { [Name in keyof Shape]: z.ZodOptional<z.ZodNullable<Shape[Name]>> };
}

/** A secret, without its text. */
export const secretSchema = z
  .strictObject({ id: z.string(), created_at: timestamp, expires_at: timestamp.nullable() })
  .meta({ title: 'Client secret' });

/** A client as the API tells of it. */
export const clientSchema = z
  .strictObject({
    ...optional(metadata),
    shown_accent: z
      .strictObject({ light: z.string(), dark: z.string() })
      .optional()
      .describe('The accent of its branding as pages show it: changed where it was too faint to read.'),
    client_id: z.string(),
    client_secret: z.string().optional().describe('Only in the answer to its creation, once.'),
    client_name: z.string(),
    type: z.enum(CLIENT_TYPES),
    redirect_uris: texts,
    post_logout_redirect_uris: texts,
    backchannel_logout_uri: text.optional(),
    grant_types: texts,
    response_types: texts,
    token_endpoint_auth_method: text,
    scope: z.string(),
    resources: texts,
    allowed_origins: texts,
    allowed_roles: texts,
    allowed_groups: texts,
    first_party: z.boolean(),
    require_second_factor: z.boolean(),
    require_verified_email: z.boolean(),
    identity_providers: texts.optional(),
    secrets: z.array(secretSchema),
    source: z.enum(['database', 'configuration']),
    self_registered: z.boolean().describe('It registered itself, and nobody has looked at it.'),
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ title: 'Client' });

/** What makes a new client. */
export const newClientSchema = z
  .strictObject({
    client_id: z.string().max(100).optional().describe('Without one, one is made.'),
    client_name: clientName,
    type: z.enum(CLIENT_TYPES).describe('What kind of application it is; it decides the safe defaults.'),
    ...optional(attributes),
  })
  .meta({ title: 'New client' });

/** What may be changed; the type stays for good. */
export const clientPatchSchema = z
  .strictObject({ client_name: clientName.optional(), ...patchOf(attributes) })
  .meta({ title: 'Changes of a client' });

/** How a new secret is made. */
export const newSecretSchema = z
  .strictObject({
    keep_old_for_seconds: z
      .int()
      .min(0)
      .max(MAX_SECRET_GRACE_SECONDS)
      .optional()
      .describe('The earlier secrets end after this time. Absent: they stay until they are removed.'),
  })
  .meta({ title: 'New client secret' });

/** A secret that was just made. */
export const createdSecretSchema = secretSchema
  .extend({
    client_secret: z.string().optional().describe('Told once; a replay by Idempotency-Key lacks it.'),
    earlier_secrets_expire_at: timestamp.nullable(),
  })
  .meta({ title: 'Created client secret' });

/** Everybody may send any text as an id; one that names nothing is not found. */
export const clientParams = z.strictObject({ id: z.string().max(200) });
