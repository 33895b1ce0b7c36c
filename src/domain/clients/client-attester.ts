import type { webcrypto } from 'node:crypto';
import type { IssuerKeys } from '../assertions/trusted-issuer.js';

/** Whose word is taken for instances of clients. @see draft-ietf-oauth-attestation-based-client-auth */
export interface ClientAttester {
  /** Exactly as it stands in `iss` of its attestations. */
  readonly issuer: string;
  readonly keys: IssuerKeys;
  /** Ids of the clients for whose instances it may speak. */
  readonly clients: readonly string[];
}

/** What an attestation says of itself; nothing of it is believed yet. */
export interface AttestationOrigin {
  readonly issuer: unknown;
  /** The client that it speaks of. */
  readonly clientId: string;
  /** Of its JOSE header. */
  readonly algorithm: unknown;
  readonly keyId: unknown;
}

/** An attestation that is not taken; the message is for the log, and names no value of it. */
export class UntrustedAttestation extends Error {
  override readonly name = 'UntrustedAttestation';
}

/**
 * Finds the public key by which an attestation has to be signed.
 * @throws {UntrustedAttestation} when its issuer may not speak for the client
 */
export type FindAttesterKey = (origin: AttestationOrigin) => Promise<webcrypto.CryptoKey>;
