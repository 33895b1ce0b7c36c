import type { AuditEntry, AuditEvent, AuditEventType } from './audit-event.js';

/** Takes down what a unit of work does; it is written in the same transaction, as its last act. */
export interface AuditTrail {
  record(entry: AuditEntry): void;
}

export interface AuditQuery {
  /** At most this many events, 1 to 200; newest first. */
  readonly limit: number;
  /** Only events with a sequence below this one. */
  readonly before?: number;
  readonly types?: readonly AuditEventType[];
  readonly actorId?: string;
  readonly subjectId?: string;
  /** Only events that the account did, or that were done to it. */
  readonly userId?: string;
  readonly clientId?: string;
  /** Only what this request did: the reference that its answer and the log have. */
  readonly requestId?: string;
  readonly since?: Date;
  readonly until?: Date;
}

export interface AuditPage {
  readonly events: readonly AuditEvent[];
  /** Pass as `before` for the next page; absent on the last one. */
  readonly next: number | undefined;
}

/** The outcome of checking the whole chain. */
export type AuditVerdict =
  | { readonly intact: true; readonly count: number; readonly head: string }
  | {
      readonly intact: false;
      /** First sequence at which the chain does not hold. */
      readonly sequence: number;
      /**
       * `changed`: the event is not as it was written, or not in its place; `missing`: it is gone; `head_mismatch`: the
       * record of where the log ends was changed.
       */
      readonly problem: 'changed' | 'missing' | 'head_mismatch';
    };

/** Reads the audit log. It has no way to change it. */
export interface AuditReader {
  list(query: AuditQuery): Promise<AuditPage>;
  /** Walks the chain from its beginning, in batches, with flat memory. */
  verify(): Promise<AuditVerdict>;
}
