import { z } from 'zod';

const timestamp = z.iso.datetime({ offset: true });

/** A grant as the API tells of it. */
export const grantSchema = z
  .strictObject({
    id: z.string().describe('The same as `grant` in events.'),
    user_id: z.string(),
    client_id: z.string(),
    client_name: z.string().nullable().describe('null: the client is gone.'),
    scopes: z.array(z.string()).describe('Scopes of this provider itself.'),
    claims: z.array(z.string()).describe('Claims that were asked for one by one.'),
    resources: z
      .array(z.strictObject({ identifier: z.string(), scopes: z.array(z.string()) }))
      .describe('Scopes of resource servers.'),
    granted_at: timestamp,
    expires_at: timestamp.nullable(),
  })
  .meta({ title: 'Grant' });

export const grantClientId = z
  .string()
  .regex(/^[\x20-\x7e]{1,255}$/)
  .describe('Id of a client.');
