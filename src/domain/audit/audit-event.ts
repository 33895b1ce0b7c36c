import type { JsonObject } from '../json.js';

/** Everything that the audit log can tell. Stable: filters and alarms rely on the names. */
export const AUDIT_EVENT_TYPES = [
  'sign_in.succeeded',
  'sign_in.failed',
  'consent.granted',
  'consent.denied',
  'consent.revoked',
  'session.ended',
  'grant.revoked',
  'token.revoked',
  'token.exchanged',
  'assertion.accepted',
  'ciba.requested',
  'ciba.allowed',
  'ciba.denied',
  'code.replayed',
  'refresh_token.replayed',
  'second_factor.succeeded',
  'second_factor.failed',
  'totp.added',
  'totp.removed',
  'recovery_codes.made',
  'recovery_code.used',
  'device.remembered',
  'upstream.linked',
  'upstream.unlinked',
  'user.created',
  'user.updated',
  'user.disabled',
  'user.enabled',
  'user.deleted',
  'user.deletion_requested',
  'user.deletion_cancelled',
  'user.imported',
  'user.exported',
  'user.signed_out_everywhere',
  'everybody.signed_out',
  'password.changed',
  'password.change_failed',
  'password.reset_requested',
  'email.verification_requested',
  'email.verified',
  'email.change_requested',
  'email.changed',
  'registration.requested',
  'registration.failed',
  'invitation.sent',
  'invitation.revoked',
  'sign_in_link.requested',
  'passkey.added',
  'passkey.renamed',
  'passkey.removed',
  'administrator.set_up',
  'setup_link.issued',
  'client.created',
  'client.updated',
  'client.deleted',
  'client.tokens_revoked',
  'client.secret_rotated',
  'client.secret_removed',
  'initial_access_token.created',
  'initial_access_token.revoked',
  'role.created',
  'role.updated',
  'role.deleted',
  'role.assigned',
  'role.unassigned',
  'group.created',
  'group.updated',
  'group.deleted',
  'group.member_added',
  'group.member_removed',
  'logout.undelivered',
  'mail.dropped',
  'mail.retried',
  'signing_key.created',
  'signing_key.rotated',
  'signing_key.imported',
  'signing_key.removed',
  'backup.made',
  'backup.restored',
] as const;
export type AuditEventType = (typeof AUDIT_EVENT_TYPES)[number];

/** Who acted. */
export interface AuditActor {
  readonly kind: 'user' | 'client' | 'operator' | 'system' | 'anonymous';
  /** Account or client id; absent for the operator on the machine, the system, and strangers. */
  readonly id?: string | undefined;
}

/** What was acted on. */
export interface AuditSubject {
  readonly kind:
    | 'user'
    | 'client'
    | 'initial_access_token'
    | 'role'
    | 'group'
    | 'session'
    | 'grant'
    | 'signing_key'
    | 'setup_link';
  readonly id: string;
}

/** Where a change comes from: the same for everything that one request does. */
export interface AuditOrigin {
  readonly actor: AuditActor;
  readonly address?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly requestId?: string | undefined;
}

/** What a use case tells. Details name fields and amounts, never a secret, a token or a password. */
export interface AuditEntry {
  readonly type: AuditEventType;
  readonly subject?: AuditSubject | undefined;
  /** The client that it happened through, where there is one. */
  readonly clientId?: string | undefined;
  readonly details?: JsonObject | undefined;
  /** Instead of the origin's, where only the use case knows who acted, for instance at a sign-in. */
  readonly actor?: AuditActor | undefined;
}

/** An event as it stands in the log. */
export interface AuditEvent extends AuditEntry, AuditOrigin {
  /** UUIDv7. */
  readonly id: string;
  /** Place in the chain, from 1, without gaps. */
  readonly sequence: number;
  readonly at: Date;
  readonly actor: AuditActor;
}

/** An entry together with where it comes from, for what is written later than it was told. */
export interface AttributedEntry {
  readonly origin: AuditOrigin;
  readonly entry: AuditEntry;
}
