import type { AttributedEntry, AuditEntry } from '../../src/domain/audit/audit-event.js';
import type { AuditReader, AuditTrail } from '../../src/domain/audit/audit-log.js';
import type { AuditAppender } from '../../src/storage/postgres/audit-trail.js';

/** A trail that keeps what it is told. */
export function createRecordingAuditTrail(): AuditTrail & { readonly entries: AuditEntry[] } {
  const entries: AuditEntry[] = [];
  return { entries, record: (entry) => void entries.push(entry) };
}

/** The end of the audit log for tests that are about something else. @param entries gets what is appended */
export function recordingAppender(entries: AttributedEntry[] = []): AuditAppender {
  return {
    append(_transaction, appended) {
      entries.push(...appended);
      return Promise.resolve();
    },
  };
}

/** An audit log that cannot be read. */
export const noAuditReader: AuditReader = {
  list: () => Promise.reject(new Error('Nothing reads the audit log here.')),
  verify: () => Promise.reject(new Error('Nothing reads the audit log here.')),
};
