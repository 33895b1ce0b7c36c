import type { JsonObject } from '../json.js';
import type { UpstreamSession } from '../upstream/upstream-session.js';

/** Somebody's session at this provider, in one browser. Nothing of it lets anybody use the session. */
export interface Session {
  /** The same as the audit log calls it in `session`; it stays when the session's cookie changes. */
  readonly id: string;
  readonly accountId: string;
  /** When the person last proved who they are. */
  readonly signedInAt: Date | undefined;
  /** When the browser came first, signed in or not. */
  readonly createdAt: Date;
  /** Until when it lasts, unless it is used before. */
  readonly expiresAt: Date | undefined;
  /** How the person proved who they are. @see RFC 8176 §2 */
  readonly amr: readonly string[];
  /** The clients that have signed the person in by this session. */
  readonly clientIds: readonly string[];
  /** The browser; absent in sessions from before it was taken down. */
  readonly device?: SessionDevice | undefined;
  /** The session at another provider that it came from. */
  readonly upstream?: UpstreamSession | undefined;
}

/** Where a session is used, as far as its owner needs it to recognise the browser. */
export interface SessionDevice {
  /** What the browser says of itself. */
  readonly userAgent: string | undefined;
  /** The beginning of its address, see `placeOf`. */
  readonly network: string | undefined;
  /** When the browser came last, within some minutes. */
  readonly seenAt: Date;
}

/** The session as JSON, for those who administer it. */
export function sessionInformation(session: Session): JsonObject {
  return {
    id: session.id,
    user_id: session.accountId,
    signed_in_at: session.signedInAt?.toISOString() ?? null,
    created_at: session.createdAt.toISOString(),
    expires_at: session.expiresAt?.toISOString() ?? null,
    amr: session.amr,
    clients: session.clientIds,
  };
}
