/** What a consent speaks of. */
export interface ConsentScope {
  readonly scopes: readonly string[];
  readonly claims: readonly string[];
  /** By the identifier of the resource server. */
  readonly resourceScopes: Readonly<Record<string, readonly string[]>>;
}
