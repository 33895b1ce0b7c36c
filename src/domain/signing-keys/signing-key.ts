import type { JsonWebKey } from 'node:crypto';

/** The algorithms for which this provider keeps keys. */
export const SIGNING_ALGORITHMS = ['RS256', 'ES256', 'EdDSA'] as const;
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

/**
 * A key that signs ID tokens, access tokens and logout tokens. It is published, then signs, then is published for what
 * it has signed, and then is removed. The moments are planned when it is made, so that every instance keeps them without
 * asking the others.
 */
export interface SigningKey {
  /** RFC 7638 thumbprint. */
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  /** Private key; it never leaves the process unsealed. */
  readonly privateJwk: JsonWebKey;
  /** Published since then. */
  readonly createdAt: Date;
  /** It signs from then on. */
  readonly signsFrom: Date;
  /** It signs until then; undefined while no other key is to take its place. */
  readonly retiredAt: Date | undefined;
}

/** Where a key stands in its life. */
export type SigningKeyStatus = 'published' | 'signing' | 'retired';

/** @param at the moment that is asked about */
export function signingKeyStatus(
  key: Pick<SigningKey, 'signsFrom' | 'retiredAt'>,
  at: Date,
): SigningKeyStatus {
  if (key.retiredAt !== undefined && key.retiredAt <= at) return 'retired';
  return key.signsFrom <= at ? 'signing' : 'published';
}

/** How long the parts of a key's life are. */
export interface SigningKeyPlan {
  /**
   * Seconds that a key is published before it signs: no less than an application may keep the key set without asking
   * again.
   */
  readonly publishSeconds: number;
  /** Seconds after which a signing key is replaced; undefined: by command only. */
  readonly rotationSeconds: number | undefined;
  /** Seconds that a retired key stays published: no less than what it signed is accepted. */
  readonly retentionSeconds: number;
}

/** @returns the next moment after `at` at which some key begins or ceases to sign; undefined where none is planned */
export function nextKeyChange(keys: readonly SigningKey[], at: Date): Date | undefined {
  const moments = keys
    .flatMap(({ signsFrom, retiredAt }) => (retiredAt === undefined ? [signsFrom] : [signsFrom, retiredAt]))
    .filter((moment) => moment > at);
  return moments.reduce<Date | undefined>(
    (first, moment) => (first === undefined || moment < first ? moment : first),
    undefined,
  );
}
