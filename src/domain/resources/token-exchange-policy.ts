/**
 * What one client may exchange tokens of people for.
 * @see RFC 8693 §2.1, §5
 */
export interface TokenExchangePolicy {
  /** Id of the client. */
  readonly client: string;
  /** Identifiers of the declared resource servers that it may get tokens for. */
  readonly resources: readonly string[];
  /** Scopes that the new tokens may have, as far as the exchanged ones have them too. */
  readonly scopes: readonly string[];
  /** Whether new tokens name the client as the one who acts, in `act` (§4.1). */
  readonly delegation: boolean;
}
