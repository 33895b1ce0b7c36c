import type { Context } from 'koa';
import { TooManyAttemptsError } from '../../domain/accounts/login-throttle.js';
import { DomainError } from '../../domain/errors.js';

/** Seconds after which people try again when everything is busy. */
const BUSY_SECONDS = 5;

/** A try that was not even looked at. */
export interface PutOff {
  readonly fault: 'too_many_attempts' | 'overloaded';
  readonly retryAfterMinutes?: number;
  readonly status: number;
}

/** @returns undefined when the error is another one; else `Retry-After` is set */
export function putOff(ctx: Context, error: unknown): PutOff | undefined {
  if (error instanceof TooManyAttemptsError) {
    const seconds = error.retryAfterSeconds;
    ctx.set('Retry-After', String(seconds));
    return {
      fault: 'too_many_attempts',
      retryAfterMinutes: Math.max(1, Math.ceil(seconds / 60)),
      status: 429,
    };
  }
  if (!(error instanceof DomainError) || error.code !== 'overloaded') return undefined;
  ctx.set('Retry-After', String(BUSY_SECONDS));
  return { fault: 'overloaded', status: 503 };
}

/** Answers a form with a redirect within this server. */
export function seeOther(ctx: Context, path: string): void {
  ctx.set('Cache-Control', 'no-store');
  ctx.status = 303;
  ctx.redirect(path);
}
