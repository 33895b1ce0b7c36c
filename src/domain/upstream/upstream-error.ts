/** Why a sign-in by another provider does not go on. */
export type UpstreamFault =
  /** The person, or the provider, declined. */
  | 'denied'
  /** The provider cannot be reached, or is too slow. */
  | 'unreachable'
  /** What it sent is not what it should be: wrong signature, nonce, issuer, form or size. */
  | 'invalid_answer'
  /** A new sign-in was asked for, and it did not show one. */
  | 'not_fresh'
  /** The sign-in is unknown, used, too old, or of another browser, tab or provider. */
  | 'request_invalid'
  /** It tells no verified address, which a new account needs. */
  | 'email_unverified'
  /** The address is of none of the domains that may sign in. */
  | 'email_domain'
  /** The person has no account here, and none is made. */
  | 'sign_up_off'
  /** The account here cannot be used. */
  | 'account_unusable'
  /** The app does not allow this provider. */
  | 'not_allowed'
  /** The person there belongs to another account here. */
  | 'linked_elsewhere';

/** What a use case of upstream sign-ins throws when it refuses. */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
  readonly fault: UpstreamFault;

  /** @param message one English sentence for operators, never with a secret or a token in it */
  constructor(fault: UpstreamFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}
