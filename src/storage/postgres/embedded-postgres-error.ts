/** Every way in which the embedded database can refuse. Stable. */
export type EmbeddedPostgresErrorCode =
  | 'embedded_postgres_unavailable'
  | 'embedded_postgres_other_version'
  | 'embedded_postgres_not_permitted'
  | 'embedded_postgres_start_failed';

/** The embedded PostgreSQL could not be used; the message is one line that says what to do. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
  readonly code: EmbeddedPostgresErrorCode;

  /**
   * @param code stable code of the refusal
   * @param message one line for operators, never with a secret in it
   */
  constructor(code: EmbeddedPostgresErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The `code` of an error of Node or PostgreSQL, where it has one. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
