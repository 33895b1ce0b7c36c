/** Turns passwords into what may be stored, and compares. */
export interface PasswordHasher {
  /** @returns a PHC string. @throws {DomainError} `overloaded` when too many wait already */
  hash(password: string): Promise<string>;
  /**
   * Compares in a time that does not depend on the password; without a hash it takes the same time and answers false,
   * so that an unknown account cannot be told from a wrong password.
   * @throws {DomainError} `overloaded` when too many wait already
   */
  verify(passwordHash: string | undefined, password: string): Promise<boolean>;
  /** Whether the hash was made with weaker parameters than today's. */
  needsRehash(passwordHash: string): boolean;
}
