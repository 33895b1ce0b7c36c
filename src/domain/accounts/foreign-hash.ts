import type { JsonValue } from '../json.js';

/** A password's hash that another system made, in the one form in which it is stored; or what is wrong with it. */
export type ReadForeignHash =
  | { readonly passwordHash: string }
  | {
      /** Stable, snake_case. */
      readonly code: 'hash_unknown' | 'hash_malformed' | 'hash_too_costly';
      /** One English sentence without the hash in it. */
      readonly detail: string;
    };

/** Reads hashes that other systems made, so that people keep their passwords when they move here. */
export interface ForeignHashReader {
  /**
   * Checks that a hash is of a known format and that to verify it costs no more than a sign-in may cost.
   * @param given the hash as a string, or an object for formats whose parameters are kept apart from the hash
   */
  read(given: JsonValue): ReadForeignHash;
}
