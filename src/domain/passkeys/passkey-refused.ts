import { DomainError } from '../errors.js';

/** The one refusal of every answer that is not taken: it never tells why. */
export function passkeyRefused(): DomainError {
  return new DomainError('passkey_refused', 'The passkey was not accepted.');
}

/** The refusal of one more passkey. */
export function tooManyPasskeys(limit: number): DomainError {
  return new DomainError(
    'passkey_limit_reached',
    `An account has at most ${limit} passkeys. Remove one first.`,
  );
}

/** The refusal of a passkey that the account does not have. */
export function passkeyNotFound(): DomainError {
  return new DomainError('not_found', 'The account has no such passkey.');
}
