import { DomainError, type DomainErrorCode, type FieldFault } from '../../../domain/errors.js';
import { TooManyAttemptsError } from '../../../domain/accounts/login-throttle.js';

/** One field of the request that is at fault. */
export interface ProblemField {
  /** JSON Pointer into the body, or `?name` for the query, `:name` for the path. @see RFC 6901 */
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

/**
 * A refusal as programs read it.
 * @see RFC 9457
 */
export interface Problem {
  readonly status: number;
  /** Stable; decide by this and not by the texts. */
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly errors: readonly ProblemField[];
  readonly headers: Readonly<Record<string, string>>;
}

/** Thrown by whoever handles a request of the API to answer with a problem. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;

  constructor(problem: Pick<Problem, 'status' | 'code' | 'title' | 'detail'> & Partial<Problem>) {
    super(problem.detail);
    this.problem = { errors: [], headers: {}, ...problem };
  }
}

interface Translation {
  readonly status: number;
  readonly title: string;
}

/** Domain code → status: the one place that decides it for the API. */
const TRANSLATIONS: Partial<Record<DomainErrorCode, Translation>> = {
  invalid_input: { status: 422, title: 'The request has faults' },
  not_found: { status: 404, title: 'Not found' },
  already_exists: { status: 409, title: 'Taken' },
  sign_up_off: { status: 409, title: 'Signing up is off' },
  account_disabled: { status: 409, title: 'The account is disabled' },
  declared_in_configuration: { status: 409, title: 'Declared in the configuration file' },
  built_in: { status: 409, title: 'Part of the product' },
  last_way_to_sign_in: { status: 409, title: 'The last way to sign in stays' },
  last_administrator: { status: 409, title: 'The last administrator stays' },
  rotation_pending: { status: 409, title: 'A rotation is under way' },
  signing_key_in_use: { status: 409, title: 'The key is in use' },
  insufficient_rights: { status: 403, title: 'Not allowed' },
  overloaded: { status: 503, title: 'Too busy' },
  storage_unavailable: { status: 503, title: 'Unavailable for now' },
  too_many_attempts: { status: 429, title: 'Too many attempts' },
};

const RETRY_SECONDS = '5';

/** @returns the problem to answer with; undefined for a fault of ours */
export function asProblem(error: unknown): Problem | undefined {
  if (error instanceof ProblemError) return error.problem;
  // The protocol library's own errors say what stands behind them.
  if (error instanceof Error && error.cause instanceof DomainError) return asProblem(error.cause);
  if (!(error instanceof DomainError)) return undefined;
  const translation = TRANSLATIONS[error.code];
  if (!translation) return undefined;
  return {
    ...translation,
    code: error.code,
    detail: error.message,
    errors: error.faults.map(toField),
    headers: retryHeaders(error, translation.status),
  };
}

function retryHeaders(error: DomainError, status: number): Readonly<Record<string, string>> {
  if (error instanceof TooManyAttemptsError) return { 'Retry-After': String(error.retryAfterSeconds) };
  return status === 503 ? { 'Retry-After': RETRY_SECONDS } : {};
}

/** A fault of the domain as the API tells it; one without a field is of the whole. */
export function toField({ field, code, detail }: FieldFault): ProblemField {
  return { pointer: field === '' ? '' : `/${field}`, code, detail };
}
