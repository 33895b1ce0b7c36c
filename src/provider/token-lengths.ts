import type { ArtifactModel } from '../domain/artifacts/artifact.js';

/** Length that the library gives to ids whose length cannot be set. */
const DEFAULT_LENGTH = 43;
const BITS_PER_CHARACTER = 6;

/**
 * Characters of the ids of each model that a client may present without saying which it is. Lengths of their own let a
 * lookup refuse a value of another kind without asking the database; each is at least 256 bits.
 */
const LENGTHS: Readonly<Partial<Record<ArtifactModel, number>>> = {
  AccessToken: 43,
  ClientCredentials: 44,
  RefreshToken: 45,
  AuthorizationCode: 46,
};

/** Characters of an id of this model. */
export function tokenLength(model: string): number {
  return LENGTHS[model as ArtifactModel] ?? DEFAULT_LENGTH;
}

/** Bits of randomness of an id of this model, as the library wants it said. */
export function bitsOfOpaqueRandomness(model: string): number {
  return tokenLength(model) * BITS_PER_CHARACTER;
}

/** Whether a value can be an id of this model at all. */
export function canBeIdOf(model: ArtifactModel, value: string): boolean {
  const length = LENGTHS[model];
  return length === undefined ? value.length <= 512 : value.length === length;
}
