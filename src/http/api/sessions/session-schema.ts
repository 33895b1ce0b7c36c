import { z } from 'zod';

const timestamp = z.iso.datetime({ offset: true });

/** A session as the API tells of it. */
export const sessionSchema = z
  .strictObject({
    id: z.string().describe('The same as `session` in events.'),
    user_id: z.string(),
    signed_in_at: timestamp.nullable().describe('When the person last proved who they are.'),
    created_at: timestamp.describe('When the browser came first.'),
    expires_at: timestamp.nullable().describe('Moves on while the session is used.'),
    amr: z.array(z.string()).describe('How the person proved who they are (RFC 8176).'),
    clients: z.array(z.string()).describe('Ids of the clients that were signed in to by this session.'),
  })
  .meta({ title: 'Session' });

export const sessionId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,86}$/)
  .describe('Id of a session.');
