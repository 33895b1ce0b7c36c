import type { JsonObject } from '../json.js';

/** A public key credential of an account. */
export interface Passkey {
  /** UUIDv7; what this provider calls it. */
  readonly id: string;
  readonly accountId: string;
  /** What the authenticator calls it; at most 1023 bytes, and nobody else's. */
  readonly credentialId: Buffer;
  /** COSE_Key. @see RFC 9052 §7 */
  readonly publicKey: Buffer;
  /** Uses that the authenticator has counted; 0 where it counts none. @see WebAuthn Level 3 §6.1.1 */
  readonly signCount: number;
  /** How the authenticator can be reached, in its own words. */
  readonly transports: readonly string[];
  /** Model of the authenticator, a UUID; zeros where it does not tell. */
  readonly aaguid: string;
  /** Whether it may live on several devices. @see WebAuthn Level 3 §6.1.3 */
  readonly multiDevice: boolean;
  /** Whether it is kept in more than one place now. */
  readonly backedUp: boolean;
  /** Whether the authenticator made sure of its user when the passkey was made. */
  readonly userVerified: boolean;
  /** How its owner calls it. */
  readonly name: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | undefined;
}

/** More are not taken: nobody keeps an overview of them. */
export const MAX_PASSKEYS = 20;

/** The passkey as JSON, for its owner and for administrators; nothing that it is checked against. */
export function passkeyInformation(passkey: Passkey): JsonObject {
  return {
    id: passkey.id,
    name: passkey.name,
    created_at: passkey.createdAt.toISOString(),
    last_used_at: passkey.lastUsedAt?.toISOString() ?? null,
    synced: passkey.backedUp,
  };
}
