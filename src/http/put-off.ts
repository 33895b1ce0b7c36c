import type { Context } from 'koa';
import { TooManyAttemptsError } from '../domain/accounts/login-throttle.js';
import { DomainError } from '../domain/errors.js';

/** Seconds after which people try again when everything is busy. */
const BUSY_SECONDS = 5;

/** A try that was not even looked at. */
export interface PutOff {
  readonly fault: 'too_many_attempts' | 'overloaded';
  /** Whole minutes, at least 1; only after too many attempts. */
  readonly retryAfterMinutes?: number;
  readonly status: number;
}

/** A try that came after too many others. */
export interface TooManyAttempts extends PutOff {
  readonly fault: 'too_many_attempts';
}

/** @returns undefined when the error is another one; else `Retry-After` is set */
export function tooManyAttempts(ctx: Context, error: unknown): TooManyAttempts | undefined {
  if (!(error instanceof TooManyAttemptsError)) return undefined;
  const { retryAfterSeconds } = error;
  ctx.set('Retry-After', String(retryAfterSeconds));
  return {
    fault: 'too_many_attempts',
    retryAfterMinutes: Math.max(1, Math.ceil(retryAfterSeconds / 60)),
    status: 429,
  };
}

/** @returns undefined when the error is another one; else `Retry-After` is set */
export function putOff(ctx: Context, error: unknown): PutOff | undefined {
  if (!(error instanceof DomainError) || error.code !== 'overloaded') return tooManyAttempts(ctx, error);
  ctx.set('Retry-After', String(BUSY_SECONDS));
  return { fault: 'overloaded', status: 503 };
}
