import type { AuditOrigin } from '../domain/audit/audit-event.js';
import type { JsonObject } from '../domain/json.js';
import { placeOf } from '../domain/sessions/place-of.js';

/** Seconds within which a browser that comes again is not worth another write of its session. */
const SEEN_AGAIN_SECONDS = 300;

/**
 * Takes down with a session which browser used it, sealed with it and gone with it. A use that tells nothing new leaves
 * what is there, so that the session need not be written.
 * @param before what the session holds so far
 * @param now epoch seconds
 */
export function sessionDevice(before: JsonObject | undefined, origin: AuditOrigin, now: number): JsonObject {
  const { userAgent, address } = origin;
  const network = address === undefined ? undefined : placeOf(address);
  const isSame = before?.userAgent === userAgent && before?.network === network;
  const seenAt = before?.seenAt;
  if (before && isSame && typeof seenAt === 'number' && now - seenAt < SEEN_AGAIN_SECONDS) return before;
  return {
    ...(userAgent === undefined ? {} : { userAgent }),
    ...(network === undefined ? {} : { network }),
    seenAt: now,
  };
}
