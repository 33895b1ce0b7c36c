import type { AuditEntry } from '../audit/audit-event.js';

/** A client as the subject of an event, found by whoever looks for the events of that client. */
export function auditedClient(clientId: string): Required<Pick<AuditEntry, 'subject' | 'clientId'>> {
  return { subject: { kind: 'client', id: clientId }, clientId };
}
