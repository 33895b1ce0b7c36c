import type { JsonObject } from '../json.js';
import type { AuditEvent } from './audit-event.js';

/** An event as the API and the command line show it: every member is always there, null where it is not known. */
export function presentAuditEvent(event: AuditEvent): JsonObject {
  const { actor, subject } = event;
  return {
    id: event.id,
    sequence: event.sequence,
    at: event.at.toISOString(),
    type: event.type,
    actor: { kind: actor.kind, id: actor.id ?? null },
    subject: subject === undefined ? null : { kind: subject.kind, id: subject.id },
    client_id: event.clientId ?? null,
    address: event.address ?? null,
    user_agent: event.userAgent ?? null,
    request_id: event.requestId ?? null,
    details: event.details ?? {},
  };
}
