import { DomainError } from '../errors.js';
import type { AuditReader, AuditVerdict } from './audit-log.js';

type Broken = Extract<AuditVerdict, { readonly intact: false }>;
export type IntactAuditLog = Extract<AuditVerdict, { readonly intact: true }>;

const PROBLEMS: Readonly<Record<Broken['problem'], string>> = {
  changed: 'is not as it was written, or not in its place',
  missing: 'is missing',
  head_mismatch: 'is where the log should end, but the record of its end says otherwise',
};

/**
 * Checks the audit log from its first event to its last.
 * @throws {DomainError} `audit_log_broken`, naming the first event at which it does not hold as `sequence/<number>`
 */
export async function verifyAuditLog(reader: Pick<AuditReader, 'verify'>): Promise<IntactAuditLog> {
  const verdict = await reader.verify();
  if (verdict.intact) return verdict;
  const { sequence, problem } = verdict;
  const detail = `The audit log does not hold: event ${sequence} ${PROBLEMS[problem]}. Compare it with a backup from before.`;
  throw new DomainError('audit_log_broken', detail, [
    { field: `sequence/${sequence}`, code: problem, detail },
  ]);
}
