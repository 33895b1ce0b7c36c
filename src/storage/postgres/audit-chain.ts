import type { AuditActor, AuditEvent, AuditEventType, AuditSubject } from '../../domain/audit/audit-event.js';
import type { JsonObject, JsonValue } from '../../domain/json.js';
import type { KeyedHash } from '../../domain/sealing.js';

/** An event as a row, without its hash. */
export interface AuditContent {
  readonly sequence: number;
  readonly id: string;
  readonly at: Date;
  readonly type: AuditEventType;
  readonly actor_kind: AuditActor['kind'];
  readonly actor_id: string | null;
  readonly subject_kind: AuditSubject['kind'] | null;
  readonly subject_id: string | null;
  readonly client_id: string | null;
  readonly address: string | null;
  readonly user_agent: string | null;
  readonly request_id: string | null;
  readonly details: JsonObject;
}

export interface AuditRow extends AuditContent {
  readonly hash: Buffer;
}

/** Where the chain ends. */
export interface ChainHead {
  readonly sequence: number;
  readonly hash: Buffer;
  /** Absent before the first event. */
  readonly seal: Buffer | null;
}

/** Links events: each one's hash covers all of its columns and the hash before it. */
export interface AuditChain {
  /** @param previous hash of the event before, or `BEGINNING` */
  link(previous: Buffer, content: AuditContent): Buffer;
  /** Proves that the head was written by somebody who has the key. */
  seal(sequence: number, hash: Buffer): Buffer;
}

/** Stands in the place of the hash before the first event. */
export const BEGINNING = Buffer.alloc(32);

/** @param hash under a key that is not in the database, so that whoever can write there cannot make up a chain */
export function createAuditChain(hash: KeyedHash): AuditChain {
  return {
    link: (previous, content) => hash(`event\0${previous.toString('hex')}\0${serialize(content)}`),
    seal: (sequence, last) => hash(`head\0${sequence}\0${last.toString('hex')}`),
  };
}

/** An event as the domain knows it. */
export function toAuditEvent(row: AuditContent): AuditEvent {
  return {
    id: row.id,
    sequence: row.sequence,
    at: row.at,
    type: row.type,
    actor: { kind: row.actor_kind, ...(row.actor_id === null ? {} : { id: row.actor_id }) },
    subject:
      row.subject_kind === null || row.subject_id === null
        ? undefined
        : { kind: row.subject_kind, id: row.subject_id },
    clientId: row.client_id ?? undefined,
    address: row.address ?? undefined,
    userAgent: row.user_agent ?? undefined,
    requestId: row.request_id ?? undefined,
    details: row.details,
  };
}

/** One text for one content: an array, whose order and quoting leave nothing open. */
function serialize(content: AuditContent): string {
  return JSON.stringify([
    content.sequence,
    content.id,
    content.at.toISOString(),
    content.type,
    content.actor_kind,
    content.actor_id,
    content.subject_kind,
    content.subject_id,
    content.client_id,
    content.address,
    content.user_agent,
    content.request_id,
    canonical(content.details),
  ]);
}

/** With its keys in order, since jsonb does not keep the one in which they came. */
function canonical(value: JsonValue): JsonValue {
  if (value === null || typeof value !== 'object') return value;
  if (isArray(value)) return value.map(canonical);
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(members.map(([key, member]) => [key, canonical(member)]));
}

/** `Array.isArray` does not narrow read-only arrays. */
function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
