import { createHash } from 'node:crypto';
import type { JsonObject } from '../json.js';
import { identityInformation, readIdentity, type UpstreamIdentity } from './upstream-identity.js';
import type { UpstreamChecks } from './upstream-protocol.js';

/** Seconds that a person has at the other provider, and afterwards here. */
export const UPSTREAM_SECONDS = 10 * 60;

/** What somebody goes to another provider for. */
export type UpstreamPurpose =
  | { readonly kind: 'sign_in'; readonly interactionUid: string; readonly clientId: string }
  /** Links it with the account whose session it is. */
  | { readonly kind: 'link'; readonly accountId: string; readonly sessionId: string };

/** A request that was sent to another provider. */
export interface SentRequest {
  readonly providerId: string;
  /** Hash of the secret that the browser keeps. */
  readonly browser: string;
  readonly purpose: UpstreamPurpose;
  readonly checks: UpstreamChecks;
}

/** An identity that a provider answered, and that waits for what the person makes of it. */
export interface ProvenIdentity {
  readonly identity: UpstreamIdentity;
  readonly purpose: UpstreamPurpose;
  /** The account with which the person wishes to link it, once they have proved that it is theirs. */
  readonly linkAccountId?: string | undefined;
}

/** What is stored of a token. It has 256 random bits, so a plain hash of it cannot be searched. */
export function hashUpstreamToken(
  kind: 'state' | 'browser' | 'identity' | 'sign_out' | 'jti',
  token: string,
): Buffer {
  return createHash('sha256').update(`latchkey upstream\0${kind}\0`).update(token).digest();
}

/** The request as JSON. */
export function sentRequestInformation({ providerId, browser, purpose, checks }: SentRequest): JsonObject {
  const { notBefore, ...secrets } = checks;
  return {
    kind: 'request',
    providerId,
    browser,
    purpose: { ...purpose },
    checks: { ...secrets, ...(notBefore === undefined ? {} : { notBefore }) },
  };
}

/** Reads back what `sentRequestInformation` wrote. */
export function readSentRequest(content: JsonObject): SentRequest | undefined {
  const { kind, providerId, browser } = content;
  const purpose = readPurpose(content['purpose']);
  const checks = readChecks(content['checks']);
  if (kind !== 'request' || typeof providerId !== 'string' || typeof browser !== 'string') return undefined;
  return purpose && checks && { providerId, browser, purpose, checks };
}

/** The proven identity as JSON. */
export function provenIdentityInformation({ identity, purpose, linkAccountId }: ProvenIdentity): JsonObject {
  return {
    kind: 'identity',
    identity: identityInformation(identity),
    purpose: { ...purpose },
    ...(linkAccountId === undefined ? {} : { linkAccountId }),
  };
}

/** Reads back what `provenIdentityInformation` wrote. */
export function readProvenIdentity(content: JsonObject): ProvenIdentity | undefined {
  const identity = readIdentity(content['identity']);
  const purpose = readPurpose(content['purpose']);
  const { kind, linkAccountId } = content;
  if (kind !== 'identity' || !identity || !purpose) return undefined;
  return { identity, purpose, ...(typeof linkAccountId === 'string' ? { linkAccountId } : {}) };
}

function readPurpose(value: unknown): UpstreamPurpose | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { kind, interactionUid, clientId, accountId, sessionId } = value as Readonly<Record<string, unknown>>;
  if (kind === 'sign_in' && typeof interactionUid === 'string' && typeof clientId === 'string') {
    return { kind, interactionUid, clientId };
  }
  if (kind === 'link' && typeof accountId === 'string' && typeof sessionId === 'string') {
    return { kind, accountId, sessionId };
  }
  return undefined;
}

function readChecks(value: unknown): UpstreamChecks | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { codeVerifier, nonce, notBefore } = value as Readonly<Record<string, unknown>>;
  if (typeof codeVerifier !== 'string' || typeof nonce !== 'string') return undefined;
  return { codeVerifier, nonce, ...(typeof notBefore === 'number' ? { notBefore } : {}) };
}
