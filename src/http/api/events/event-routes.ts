import { z } from 'zod';
import { AUDIT_EVENT_TYPES } from '../../../domain/audit/audit-event.js';
import { presentAuditEvent } from '../../../domain/audit/present-audit-event.js';
import type { ApiDeps } from '../api-deps.js';
import { encodeCursor, pageOf, pageQuery, readNumberCursor } from '../framework/cursor.js';
import { jsonValue } from '../framework/json-value.js';
import { defineRoute, type ApiRoute } from '../framework/route.js';

const type = z.enum(AUDIT_EVENT_TYPES);
const timestamp = z.iso.datetime({ offset: true });
// PostgreSQL keeps no text with NUL, and refuses to look for one.
const id = z
  .string()
  .max(200)
  .regex(/^[^\0]*$/);

const eventSchema = z
  .strictObject({
    id: z.uuid(),
    sequence: z.int().describe('Place in the log, without gaps.'),
    at: timestamp,
    type,
    actor: z.strictObject({
      kind: z.enum(['user', 'client', 'operator', 'system', 'anonymous']),
      id: z.string().nullable(),
    }),
    subject: z.strictObject({ kind: z.string(), id: z.string() }).nullable(),
    client_id: z.string().nullable(),
    address: z.string().nullable(),
    user_agent: z.string().nullable(),
    request_id: z.string().nullable(),
    details: z.record(z.string(), jsonValue),
  })
  .meta({ title: 'Event' });

/** The audit log, newest first; nothing here writes or changes it. */
export function eventRoutes(deps: ApiDeps): readonly ApiRoute[] {
  return [
    defineRoute({
      method: 'get',
      path: '/events',
      operationId: 'listEvents',
      tag: 'events',
      summary: 'List events',
      description: 'The newest first. Filters hold together.',
      access: ['events:read'],
      query: z.strictObject({
        ...pageQuery,
        type: z
          .union([type, z.array(type).min(1).max(AUDIT_EVENT_TYPES.length)])
          .optional()
          .describe('May be repeated: any of them.'),
        actor_id: id.optional().describe('User or client that acted.'),
        subject_id: id.optional().describe('What was acted on.'),
        client_id: id.optional().describe('Client that it happened through.'),
        request_id: id
          .optional()
          .describe('What one request did: the reference of an error page or log line.'),
        since: timestamp.optional().describe('At this time or later.'),
        until: timestamp.optional().describe('Before this time.'),
      }),
      success: { status: 200, description: 'A page of events.', schema: pageOf(eventSchema) },
      async handle({ query }) {
        const before = readNumberCursor(query.cursor);
        const { type: types, actor_id, subject_id, client_id, request_id, since, until } = query;
        const page = await deps.auditReader.list({
          limit: query.limit,
          ...(before !== undefined && { before }),
          ...(types !== undefined && { types: Array.isArray(types) ? types : [types] }),
          ...(actor_id !== undefined && { actorId: actor_id }),
          ...(subject_id !== undefined && { subjectId: subject_id }),
          ...(client_id !== undefined && { clientId: client_id }),
          ...(request_id !== undefined && { requestId: request_id }),
          ...(since !== undefined && { since: new Date(since) }),
          ...(until !== undefined && { until: new Date(until) }),
        });
        return {
          body: {
            data: page.events.map(presentAuditEvent),
            next_cursor: page.next === undefined ? null : encodeCursor(page.next),
          },
        };
      },
    }),
  ];
}
