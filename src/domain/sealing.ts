/** Encrypts what must not be readable at rest. */
export interface Sealer {
  /** @param context what the text belongs to; it opens only under the same context */
  seal(plaintext: Buffer, context: Buffer): Buffer;
  /** @throws {Error} when the text was changed, or sealed by another key or under another context */
  open(sealed: Buffer, context: Buffer): Buffer;
}

/** A keyed hash: the same text gives the same bytes, and nobody without the key can tell which text it was. */
export type KeyedHash = (text: string) => Buffer;
