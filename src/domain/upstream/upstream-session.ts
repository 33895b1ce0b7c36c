import { createHash } from 'node:crypto';
import type { JsonObject, JsonValue } from '../json.js';

/** The session at another provider that a session here came from. */
export interface UpstreamSession {
  readonly providerId: string;
  /** Of the ID token: a provider may have one for each of its tenants. Absent in sessions from before it was kept. */
  readonly issuer?: string | undefined;
  readonly subject: string;
  /** As the provider's ID token named it; absent: it named none. @see OpenID Connect Back-Channel Logout 1.0 §2.1 */
  readonly sid?: string | undefined;
}

/** What is stored of a `sid`: nobody who reads the store learns how another provider calls a session. */
export function hashSid(providerId: string, sid: string): Buffer {
  return createHash('sha256').update(`latchkey upstream sid\0${providerId}\0${sid}`).digest();
}

/** As JSON. */
export function upstreamSessionInformation({
  providerId,
  issuer,
  subject,
  sid,
}: UpstreamSession): JsonObject {
  return {
    providerId,
    ...(issuer === undefined ? {} : { issuer }),
    subject,
    ...(sid === undefined ? {} : { sid }),
  };
}

/** Reads back what `upstreamSessionInformation` wrote. */
export function readUpstreamSession(value: JsonValue | undefined): UpstreamSession | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { providerId, issuer, subject, sid } = value as JsonObject;
  if (typeof providerId !== 'string' || typeof subject !== 'string') return undefined;
  return {
    providerId,
    ...(typeof issuer === 'string' ? { issuer } : {}),
    subject,
    ...(typeof sid === 'string' ? { sid } : {}),
  };
}
