/** A fault of one field of the input, named so that a form, an API or a CLI can point at it. */
export interface FieldFault {
  /** The field's name as the caller knows it, for instance `email` or `redirect_uris/1`. */
  readonly field: string;
  /** Stable, machine-readable, snake_case. */
  readonly code: string;
  /** One English sentence that says what is wrong and what would be right. */
  readonly detail: string;
}

/** Every code that a use case may answer with. Stable: clients, logs and translations rely on them. */
export type DomainErrorCode =
  | 'invalid_input'
  | 'not_found'
  | 'already_exists'
  | 'declared_in_configuration'
  | 'form_rejected'
  | 'interaction_not_found'
  | 'invalid_credentials'
  | 'too_many_attempts'
  | 'setup_link_invalid'
  | 'account_link_invalid'
  | 'registration_code_invalid'
  | 'sign_up_off'
  | 'initial_access_token_invalid'
  | 'registration_access_token_invalid'
  | 'client_document_unusable'
  | 'account_disabled'
  | 'setup_already_done'
  | 'last_administrator'
  | 'last_way_to_sign_in'
  | 'insufficient_rights'
  | 'built_in'
  | 'passkey_refused'
  | 'passkey_limit_reached'
  | 'overloaded'
  | 'storage_unavailable'
  | 'rotation_pending'
  | 'signing_key_exists'
  | 'signing_key_in_use'
  | 'artifact_already_consumed'
  | 'audit_log_broken'
  | 'secret_key_mismatch'
  | 'backup_unusable'
  | 'backup_newer'
  | 'database_not_empty'
  | 'database_in_use';

/** What a use case throws when it refuses: no status, no HTTP, no protocol. */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly code: DomainErrorCode;
  readonly faults: readonly FieldFault[];

  /**
   * @param code stable code of the refusal
   * @param message one English sentence for developers and operators, never with a secret in it
   * @param faults the fields at fault, where the input is to blame
   */
  constructor(code: DomainErrorCode, message: string, faults: readonly FieldFault[] = []) {
    super(message);
    this.code = code;
    this.faults = faults;
  }
}

/**
 * Refuses input with all its faults at once.
 * @throws {DomainError} `invalid_input` when there is at least one fault
 */
export function refuseIfFaulty(faults: readonly FieldFault[]): void {
  if (faults.length === 0) return;
  throw new DomainError('invalid_input', faults.map((fault) => fault.detail).join(' '), faults);
}
