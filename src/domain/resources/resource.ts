/**
 * A scope beyond the standard ones.
 * @see RFC 6749 §3.3
 */
export interface Scope {
  readonly name: string;
  /** What a person reads on the consent page, after "This app will be able to …". */
  readonly description: string;
  /** Claims that the scope yields at userinfo. */
  readonly claims: readonly string[];
}

/**
 * A resource server: an API that accepts access tokens of this provider.
 * @see RFC 8707
 */
export interface Resource {
  /** Absolute URI without fragment; what clients send as `resource` and tokens carry as `aud`. */
  readonly identifier: string;
  readonly name: string;
  readonly scopes: readonly string[];
  /** `jwt` follows RFC 9068; `opaque` needs introspection and can be revoked at once. */
  readonly accessTokenFormat: 'jwt' | 'opaque';
  /** Seconds. */
  readonly accessTokenLifetime: number;
  /** Ids of the clients that are this API itself: they may introspect its tokens. */
  readonly introspectionClients: readonly string[];
  /** Signature algorithm of JWT access tokens. */
  readonly signingAlgorithm: 'RS256' | 'ES256' | 'EdDSA';
}
