/** What an address on the network answered. */
export interface Visit {
  readonly status: number;
  /** By their names in lower case; several of one name are joined, but for `set-cookie`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly setCookies: readonly string[];
  readonly body: string;
  /** Until when the certificate is valid; undefined without TLS. */
  readonly certificateValidTo: Date | undefined;
  /** When the answer came. */
  readonly at: Date;
}

/** Why there was no answer. */
export type VisitFault =
  | 'name_unknown'
  | 'refused'
  | 'timed_out'
  | 'certificate_untrusted'
  | 'certificate_expired'
  | 'certificate_name'
  | 'not_tls'
  | 'broken_off';

/** There was no answer. */
export class VisitError extends Error {
  override readonly name = 'VisitError';
  readonly fault: VisitFault;

  constructor(fault: VisitFault, options?: ErrorOptions) {
    super(`The visit ended with ${fault}.`, options);
    this.fault = fault;
  }
}

/**
 * Asks an address as a client elsewhere would: by its name, over TLS that it checks, following nothing.
 * @throws {VisitError}
 */
export type Visitor = (url: string, headers?: Readonly<Record<string, string>>) => Promise<Visit>;
