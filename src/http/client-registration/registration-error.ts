import type { Context } from 'koa';
import { REQUEST_INVALID } from '../../domain/client-registration/update-own-registration.js';
import { TooManyAttemptsError } from '../../domain/accounts/login-throttle.js';
import { DomainError, type FieldFault } from '../../domain/errors.js';
import { ProblemError } from '../api/framework/problem.js';

interface Answer {
  readonly status: number;
  readonly error: string;
  readonly description: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Characters of a description; one that names every fault of a long list would not be read. */
const MAX_DESCRIPTION = 1_000;

/**
 * Answers a refusal as programs that register expect it.
 * @returns false when the error is none of a registration
 * @see RFC 7591 §3.2.2, RFC 6750 §3
 */
export function answerRegistrationError(ctx: Context, error: unknown): boolean {
  const answer = toAnswer(error);
  if (answer === undefined) return false;
  ctx.status = answer.status;
  ctx.set(answer.headers ?? {});
  ctx.body = { error: answer.error, error_description: asciiText(answer.description) };
  return true;
}

function toAnswer(error: unknown): Answer | undefined {
  if (error instanceof ProblemError) {
    const { status, detail } = error.problem;
    return { status: status === 413 ? 413 : 400, error: 'invalid_request', description: detail };
  }
  if (error instanceof TooManyAttemptsError) {
    return {
      status: 429,
      error: 'temporarily_unavailable',
      description: `Too many applications have registered. Try again in ${error.retryAfterSeconds} seconds.`,
      headers: { 'Retry-After': String(error.retryAfterSeconds) },
    };
  }
  if (!(error instanceof DomainError)) return undefined;
  switch (error.code) {
    case 'initial_access_token_invalid':
    case 'registration_access_token_invalid':
      return {
        status: 401,
        error: 'invalid_token',
        description: error.message,
        headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
      };
    case 'invalid_input':
      return {
        status: 400,
        error: errorOf(error.faults),
        description: error.faults.map(({ detail }) => detail.replaceAll('metadata/', '')).join(' '),
      };
    case 'declared_in_configuration':
      return { status: 403, error: 'invalid_request', description: error.message };
    default:
      return undefined;
  }
}

/** The most telling of the errors that the faults stand for. */
function errorOf(faults: readonly FieldFault[]): string {
  if (faults.some(({ code }) => code === REQUEST_INVALID)) return 'invalid_request';
  return faults.every(({ field }) => field.startsWith('redirect_uris'))
    ? 'invalid_redirect_uri'
    : 'invalid_client_metadata';
}

/** @see RFC 6749 §5.2: printable ASCII without quotes and backslashes */
function asciiText(text: string): string {
  return text
    .slice(0, MAX_DESCRIPTION)
    .replaceAll('"', "'")
    .replace(/[^\x20-\x5b\x5d-\x7e]/g, '?');
}
