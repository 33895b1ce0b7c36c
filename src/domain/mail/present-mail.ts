import type { JsonObject } from '../json.js';
import type { MailRecord } from './mail-queue.js';

/** A mail as the API and the command line tell of it; neither to whom it goes nor what it says. */
export function presentMail(record: MailRecord) {
  return {
    id: record.id,
    kind: record.kind,
    state: record.state,
    user_id: record.accountId ?? null,
    created_at: record.createdAt.toISOString(),
    attempts: record.attempts,
    next_attempt_at: record.state === 'pending' ? record.nextAttemptAt.toISOString() : null,
    error: record.fault ?? null,
    settled_at: record.settledAt?.toISOString() ?? null,
  } satisfies JsonObject;
}
