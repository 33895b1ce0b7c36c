import { z } from 'zod';

const timestamp = z.iso.datetime({ offset: true });
const text = z.string().max(2048);
const address = {
  formatted: text,
  street_address: text,
  locality: text,
  region: text,
  postal_code: text,
  country: text,
};
const profile = {
  name: text,
  given_name: text,
  family_name: text,
  middle_name: text,
  nickname: text,
  profile: text,
  picture: text,
  website: text,
  gender: text,
  birthdate: text.describe('YYYY-MM-DD, 0000-MM-DD, or YYYY.'),
  zoneinfo: text.describe('IANA time zone.'),
  locale: text.describe('BCP 47 language tag.'),
  phone_number: text.describe('E.164.'),
};

/** Every member may be absent, or null to take it away. @see RFC 7396 */
function patchOf<Shape extends Readonly<Record<string, z.ZodType>>>(shape: Shape) {
  return Object.fromEntries(
    Object.entries(shape).map(([name, schema]) => [name, schema.nullable().optional()]),
  ) as { [Name in keyof Shape]: z.ZodOptional<z.ZodNullable<Shape[Name]>> };
}

function optional<Shape extends Readonly<Record<string, z.ZodType>>>(shape: Shape) {
  return Object.fromEntries(Object.entries(shape).map(([name, schema]) => [name, schema.optional()])) as {
    [Name in keyof Shape]: z.ZodOptional<Shape[Name]>;
  };
}

/** A user as the API tells of them. */
export const userSchema = z
  .strictObject({
    id: z.uuid(),
    email: z.string(),
    email_verified: z.boolean(),
    username: z.string().nullable(),
    ...optional(profile),
    phone_number_verified: z.boolean().optional(),
    address: z.strictObject(optional(address)).optional(),
    roles: z.array(z.string()),
    groups: z.array(z.string()),
    disabled: z.boolean(),
    password_temporary: z
      .boolean()
      .describe('Whether the user has to choose another password at the next sign-in by password.'),
    deletion_due_at: timestamp
      .nullable()
      .describe(
        'When the user is deleted, as they wished; until then they can sign in only to keep the account.',
      ),
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ title: 'User' });

/** What makes a new user. */
export const newUserSchema = z
  .strictObject({
    email: z.string().max(254),
    email_verified: z.boolean().optional(),
    username: z.string().max(256).optional(),
    password: z.string().max(4096).optional().describe('Without one the user cannot sign in by password.'),
    password_temporary: z
      .boolean()
      .default(true)
      .describe('Whether the user has to choose another password at the next sign-in by password.'),
    ...optional(profile),
    phone_number_verified: z.boolean().optional(),
    address: z.strictObject(optional(address)).optional(),
    roles: z.array(z.string().max(64)).max(100).optional(),
  })
  .meta({ title: 'New user' });

const profilePatch = {
  username: z.string().max(256).nullable().optional(),
  ...patchOf(profile),
  address: z.strictObject(patchOf(address)).nullable().optional(),
};

/** What an administrator may change. */
export const userPatchSchema = z
  .strictObject({
    email: z.string().max(254).optional(),
    email_verified: z.boolean().optional(),
    ...profilePatch,
    phone_number_verified: z.boolean().nullable().optional(),
    roles: z.array(z.string().max(64)).max(100).optional(),
    disabled: z.boolean().optional(),
  })
  .meta({ title: 'Changes of a user' });

/** What users may change about themselves: never their email, verified flags, roles or status. */
export const ownUserPatchSchema = z.strictObject(profilePatch).meta({ title: 'Changes of oneself' });

/** By what a user can sign in. */
export const credentialsSchema = z
  .strictObject({
    data: z.array(
      z.strictObject({
        kind: z.enum(['password', 'totp', 'recovery_codes', 'passkey']),
        set: z.boolean().describe('Whether the user has it.'),
        id: z.string().optional().describe('By what it is removed.'),
        name: z.string().optional(),
        created_at: z.iso.datetime({ offset: true }).optional(),
        last_used_at: z.iso.datetime({ offset: true }).optional(),
        temporary: z
          .boolean()
          .optional()
          .describe('Whether a password has to be changed at the next sign-in by it.'),
        left: z.int().optional().describe('Recovery codes that were not used.'),
      }),
    ),
  })
  .meta({ title: 'Credentials' });

export const userParams = z.strictObject({ id: z.uuid() });
