import { errors } from 'oidc-provider';
import { DomainError } from '../domain/errors.js';

/**
 * The library's way to say "not now": programs may try again, and nothing was written.
 * @see RFC 6749 §4.1.2.1 (`temporarily_unavailable`), RFC 9110 §15.6.4
 */
class Unavailable extends errors.OIDCProviderError {
  constructor(cause: DomainError) {
    super(503, 'temporarily_unavailable', { cause });
    this.error_description = 'the server is busy or its database is away; try again in a moment';
    // The library hides what is wrong in answers of 500 and above, unless told otherwise.
    this.expose = true;
    // There may be nothing to tell the relying party with: the request was perhaps not even read.
    this.allow_redirect = false;
  }
}

/** Runs what the library asked for, and says it in the library's words when the database is away. */
export function orUnavailable<Result>(work: () => Promise<Result>): Promise<Result> {
  return work().catch(tellUnavailable);
}

/** Throws what a store threw, in the library's words when the database is away. */
export function tellUnavailable(error: unknown): never {
  const isAway = error instanceof DomainError && ['storage_unavailable', 'overloaded'].includes(error.code);
  throw isAway ? new Unavailable(error) : error;
}
